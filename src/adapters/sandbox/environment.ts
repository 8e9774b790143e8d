/**
 * The whole environment of the sandbox's own processes. Bubblewrap stays pid 1 inside, where
 * /proc/1/environ shows what it was started with, so nothing of Muster's environment may be in it.
 */
export const BARE_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
