import type { IncomingMessage, ServerResponse } from 'node:http';

type BodyResult =
  | { kind: 'body'; bytes: Buffer }
  | { kind: 'too_large' }
  | { kind: 'busy' }
  | { kind: 'gone' };

/** Reads request bodies; what all of them hold together is bounded, since nobody has proved anything yet. */
export interface BodyReader {
  /** Stops reading at the limit, whatever the length header said. */
  read(request: IncomingMessage, response: ServerResponse): Promise<BodyResult>;
}

/** `maxBytes` is one body's limit, `maxHeldBytes` that of all bodies being received at one time. */
export function createBodyReader(maxBytes: number, maxHeldBytes: number): BodyReader {
  let heldBytes = 0;
  return {
    read(request, response) {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes)
        return Promise.resolve({ kind: 'too_large' });
      if (request.headers.expect !== undefined) response.writeContinue();
      return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let received = 0;
        const settle = (result: BodyResult): void => {
          request.off('data', onData).off('end', onEnd).off('close', onClose);
          heldBytes -= received;
          resolve(result);
        };
        const onData = (chunk: Buffer): void => {
          received += chunk.length;
          heldBytes += chunk.length;
          chunks.push(chunk);
          if (received > maxBytes) settle({ kind: 'too_large' });
          else if (heldBytes > maxHeldBytes) settle({ kind: 'busy' });
        };
        const onEnd = (): void => {
          const [first] = chunks;
          const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, received);
          settle({ kind: 'body', bytes });
        };
        const onClose = (): void => settle({ kind: 'gone' });
        request.on('data', onData).on('end', onEnd).on('close', onClose);
      });
    },
  };
}
