const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 48 * 1024;

/**
 * Collects a stream within a fixed memory: its beginning and, more generously, its end, where build and
 * test tools say what went wrong.
 */
export function createCappedOutput(): { add: (chunk: Buffer) => void; text: () => string } {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let droppedBytes = 0;
  return {
    add: (chunk) => {
      const room = HEAD_BYTES - head.length;
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      tail = Buffer.concat([tail, chunk.subarray(Math.max(0, room))]);
      const excess = tail.length - TAIL_BYTES;
      if (excess <= 0) return;
      tail = tail.subarray(excess);
      droppedBytes += excess;
    },
    text: () => {
      const cut = droppedBytes === 0 ? '' : `\n[cut: ${droppedBytes} bytes of output in the middle]\n`;
      return Buffer.concat([head, Buffer.from(cut), tail]).toString();
    },
  };
}
