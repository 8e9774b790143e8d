import { sha256 } from '../../src/domain/digest.ts';
import type { GitHub, PullRequestFacts, TreeEntry } from '../../src/ports/github.ts';
import type { ChangeFacts, ChangeKind } from '../../src/ports/github-changes.ts';
import { aComment, anIssue, aPull, found, NOW, refuse, US, type FakeState } from './fake-state.ts';

export function issueMethods(state: FakeState, newId: () => number) {
  return {
    getIssue: async (number: number) => state.issues.get(number) ?? null,
    listComments: async (number: number, since: string | null) =>
      [...state.comments.values()].filter(
        (comment) => comment.on === number && (since === null || comment.updatedAt >= since),
      ),
    getComment: async (id: number) => state.comments.get(id) ?? null,
    createComment: async (number: number, body: string) => {
      const comment = { ...aComment(newId(), US, body), on: number };
      state.comments.set(comment.id, comment);
      return comment;
    },
    updateComment: async (id: number, body: string) => Object.assign(found(state.comments.get(id)), { body }),
    react: async () => {},
    addLabels: async (number: number, labels: string[]) => {
      const issue = found(state.issues.get(number));
      issue.labels = [...new Set([...issue.labels, ...labels])];
      for (const label of labels) state.changes.push(byUs('labeled', label));
    },
    removeLabel: async (number: number, label: string) => {
      const issue = found(state.issues.get(number));
      const before = issue.labels.length;
      issue.labels = issue.labels.filter((present) => present !== label);
      state.changes.push(byUs('unlabeled', label));
      return issue.labels.length < before;
    },
    listChanges: async () => state.changes,
    createIssue: async (title: string, body: string, labels: string[]) => {
      const issue = anIssue(newId(), { title, body, labels });
      state.issues.set(issue.number, issue);
      return issue;
    },
    listIssues: async (since: string) =>
      [...state.issues.values()].filter((issue) => issue.updatedAt >= since),
    listIssuesBy: async (login: string, since: string) =>
      [...state.issues.values()].filter((issue) => issue.author.login === login && issue.updatedAt >= since),
    closeIssue: async (number: number) => {
      found(state.issues.get(number)).state = 'closed';
      state.changes.push(byUs('closed', ''));
    },
    assign: async (number: number, logins: string[]) => {
      const issue = found(state.issues.get(number));
      const able = logins.filter((login) => state.assignable.has(login.toLowerCase()));
      issue.assignees = [...new Set([...issue.assignees, ...able])];
      for (const login of able) state.changes.push(byUs('assigned', login));
      return issue.assignees;
    },
  };
}

function byUs(kind: ChangeKind, of: string): ChangeFacts {
  return { kind, actor: US, of, createdAt: NOW };
}

export function pullMethods(state: FakeState, newId: () => number) {
  const byNode = (nodeId: string): PullRequestFacts =>
    found([...state.pulls.values()].find((pull) => pull.nodeId === nodeId));
  const withHead = (pull: PullRequestFacts): PullRequestFacts => {
    const sha = state.refs.get(`refs/heads/${pull.head.ref}`) ?? pull.head.sha;
    return { ...pull, head: { ...pull.head, sha } };
  };
  return {
    getPullRequest: async (number: number) => {
      const pull = state.pulls.get(number);
      return pull === undefined ? null : withHead(pull);
    },
    listPullRequestFiles: async () => state.files,
    findPullRequests: async (headRef: string) =>
      [...state.pulls.values()].filter((pull) => pull.head.ref === headRef).map(withHead),
    createPullRequest: async (input: Parameters<GitHub['createPullRequest']>[0]) => {
      if (input.isDraft && !state.hasDrafts)
        refuse('Draft pull requests are not supported in this repository.');
      const isTaken = [...state.pulls.values()].some(
        (pull) => pull.head.ref === input.headRef && pull.state === 'open',
      );
      if (isTaken) refuse(`A pull request already exists for acme:${input.headRef}.`);
      const sha = state.refs.get(`refs/heads/${input.headRef}`) ?? refuse('head is invalid');
      const { title, body, isDraft } = input;
      const head = { sha, ref: input.headRef, repositoryId: 1 };
      const pull = aPull(newId(), { title, body, isDraft, head, base: { sha: 'base', ref: input.baseRef } });
      state.pulls.set(pull.number, pull);
      return pull;
    },
    editPullRequest: async (number: number, texts: { title?: string; body?: string }) =>
      void Object.assign(found(state.pulls.get(number)), texts),
    closePullRequest: async (number: number) => void (found(state.pulls.get(number)).state = 'closed'),
    markReadyForReview: async (nodeId: string) => void (byNode(nodeId).isDraft = false),
    convertToDraft: async (nodeId: string) => {
      if (!state.hasDrafts) refuse('Draft pull requests are not supported in this repository.');
      byNode(nodeId).isDraft = true;
    },
    createReview: async (_number: number, input: Parameters<GitHub['createReview']>[1]) => {
      const states = {
        COMMENT: 'COMMENTED',
        APPROVE: 'APPROVED',
        REQUEST_CHANGES: 'CHANGES_REQUESTED',
      } as const;
      const review = {
        id: newId(),
        nodeId: 'R',
        author: US,
        state: states[input.event],
        body: input.body,
        commitSha: input.commitSha,
        url: 'https://github.com/acme/shop/pull/12#pullrequestreview-1',
        submittedAt: NOW,
        inline: input.comments,
      };
      state.reviews.push(review);
      return review;
    },
    listReviews: async () => state.reviews,
    isReviewEdited: async () => false,
    listReviewThreads: async () =>
      state.reviews.flatMap(({ author, inline }) =>
        inline.map(({ body }) => ({ isResolved: false, comments: [{ author, body }] })),
      ),
    listReviewComments: async (_number: number, reviewId: number) =>
      found(state.reviews.find((review) => review.id === reviewId)).inline.map((comment) => ({
        ...comment,
        url: 'https://github.com/acme/shop/pull/12#discussion_r1',
      })),
  };
}

export function gitMethods(state: FakeState) {
  return {
    getRef: async (ref: string) => state.refs.get(ref) ?? null,
    createRef: async (ref: string, sha: string) => {
      if (state.refs.has(ref)) refuse('Reference already exists');
      state.refs.set(ref, sha);
    },
    updateRef: async (ref: string, sha: string) => void state.refs.set(ref, sha),
    replaceRef: async (ref: string, before: string, sha: string) => {
      if (state.refs.get(ref) !== before)
        refuse(`Expected ${ref} to point to the expected oid but it did not.`);
      state.refs.set(ref, sha);
    },
    createBlob: async (content: string, encoding: 'utf-8' | 'base64') => {
      const sha = `blob:${sha256(encoding + content).slice(0, 8)}`;
      state.blobs.set(sha, { content, encoding });
      return sha;
    },
    createTree: async (base: string | null, entries: TreeEntry[]) => {
      const tree = { ...(base === null ? {} : found(state.trees.get(base))) };
      for (const { path, ...entry } of entries) {
        if (entry.blobSha === null) delete tree[path];
        else tree[path] = entry;
      }
      const known = [...state.trees].find(([, other]) => JSON.stringify(other) === JSON.stringify(tree));
      const sha = known?.[0] ?? `tree:${state.trees.size}`;
      state.trees.set(sha, tree);
      return sha;
    },
    createCommit: async (message: string, treeSha: string, parents: string[]) => {
      const sha = sha256(JSON.stringify([message, treeSha, parents, state.commits.size])).slice(0, 40);
      state.commits.set(sha, { sha, treeSha, message, isVerified: true });
      state.parents.set(sha, parents);
      return sha;
    },
    getCommit: async (sha: string) => state.commits.get(sha) ?? null,
    readFile: async (path: string, sha: string | null) => {
      const tree = state.trees.get(state.commits.get(sha ?? 'base')?.treeSha ?? '');
      return state.blobs.get(tree?.[path]?.blobSha ?? '')?.content ?? null;
    },
  };
}

export function checkMethods(state: FakeState, newId: () => number) {
  return {
    createCheck: async (name: string, headSha: string, content: Parameters<GitHub['createCheck']>[2]) => {
      const { status, conclusion, externalId } = content;
      const check = { id: newId(), name, headSha, status, conclusion, externalId, appId: 5, url: 'u' };
      state.checks.push(check);
      return check;
    },
    updateCheck: async (id: number, content: Parameters<GitHub['updateCheck']>[1]) => {
      const { status, conclusion, externalId } = content;
      const check = found(state.checks.find((candidate) => candidate.id === id));
      return Object.assign(check, { status, conclusion, externalId });
    },
    listChecks: async (headSha: string) => state.checks.filter((check) => check.headSha === headSha),
    dispatchWorkflow: async (workflow: string, ref: string) => {
      state.dispatched.push(`${workflow}@${ref}`);
      return { id: 77, url: 'https://github.com/acme/shop/actions/runs/77' };
    },
  };
}
