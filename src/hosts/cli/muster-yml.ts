/** The file that `muster init` writes: every key with its default, commented out, so that it changes nothing. */
export const MUSTER_YML = `# How Muster works in this repository. Only the file on the default branch counts; every key is optional, and what
# stands here commented out is the default. \`muster check\` says what is wrong with it.

# permission: { trigger: write, approve: write }      # read < triage < write < maintain < admin
# budgets: { run: 1.00, day: 20.00, month: 200.00 }   # US dollars; one run, a day, a month

# models:                                             # tiers that agent files name; of the providers with a key
#   fast: anthropic/claude-haiku-4-5
#   standard: anthropic/claude-sonnet-4-5
#   deep: anthropic/claude-opus-4-5
#   judge: openai/gpt-5

# What happens to what an agent proposes: publish, review (pull requests: a draft until a person approves),
# approve (nothing before \`/approve\`), block.
# gate: { labels: publish, comment: publish, pull_request: review, close: approve }
# judge: { threshold: 0.7 }                           # below it a person decides
# approvals: { count: 1, not_requester: false, expire_days: 7 }
# merge: never                                        # or when_approved
# protected: []                                       # globs whose change always needs a person

# agents:                                             # settings of single agents
#   triager: { enabled: false }
# bots: []                                            # logins of bots that may trigger
# mcp: {}                                             # MCP servers that agents may use
# memory: { days: 180 }
# privacy: { pii: tokenise }                          # tokenise | redact | off
# notify: []
# dry_run: false                                      # true: everything happens but publishing
`;
