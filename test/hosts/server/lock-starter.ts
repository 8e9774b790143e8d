import { messageOf } from '../../../src/domain/errors.ts';
import { lockDataDirectory } from '../../../src/hosts/server/data-lock.ts';

/* A process that takes the lock of the data directory when it is told to, and holds it until it is killed. */

process.on('disconnect', () => process.exit());
process.on('message', (folder) => {
  lockDataDirectory(String(folder)).then(
    () => process.send?.('locked'),
    (error: unknown) => process.send?.(messageOf(error)),
  );
});
process.send?.('loaded');
