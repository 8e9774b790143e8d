import { openHost } from '../host.ts';
console.log(typeof openHost);
