import type { User } from '../model.ts';
import { userPayload } from '../payloads/account.ts';
import type { Fields, GraphqlContext } from './context.ts';

/** A `User`, `Bot` or `Organization`. */
export function accountFields({ state }: GraphqlContext, user: User): Fields {
  const { html_url, avatar_url } = userPayload(state, user);
  return {
    __typename: user.type,
    id: user.nodeId,
    databaseId: user.id,
    // GraphQL names bots without the suffix that REST shows.
    login: user.type === 'Bot' ? user.login.replace(/\[bot\]$/, '') : user.login,
    url: html_url,
    avatarUrl: avatar_url,
    resourcePath: String(html_url).slice(state.url.length),
    ...(user.type === 'Bot' ? {} : { email: '', name: null }),
  };
}
