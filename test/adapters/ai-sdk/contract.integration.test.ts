import { afterEach, describe } from 'vitest';
import { createAiSdkModel } from '../../../src/adapters/ai-sdk/model.ts';
import { CONTRACT_TURNS, describesModel } from '../../contracts/model.ts';
import { startStub, type Stub } from './stub.ts';
import type { Script } from './streams.ts';
import { PROTOCOLS } from './wire.ts';

const SCRIPTS: Record<'text' | 'call' | 'json' | 'slow', Script> = {
  text: { text: [...CONTRACT_TURNS.text] },
  call: { call: { ...CONTRACT_TURNS.call, arguments: JSON.stringify(CONTRACT_TURNS.call.arguments) } },
  json: { text: [JSON.stringify(CONTRACT_TURNS.json)] },
  slow: { text: ['one ', 'two ', 'three ', 'four'] },
};

describe.each(Object.values(PROTOCOLS))('the AI SDK as a model: $model', (protocol) => {
  const stubs: Stub[] = [];
  afterEach(async () => {
    await Promise.all(stubs.splice(0).map((stub) => stub.close()));
  });

  describesModel(async (turn) => {
    const whole = protocol.stream(SCRIPTS[turn]);
    // All but the last event, and then silence.
    const body = turn === 'slow' ? `${whole.trimEnd().split('\n\n').slice(0, -2).join('\n\n')}\n\n` : whole;
    const stub = await startStub([{ body, ending: turn === 'slow' ? 'hang' : 'end' }]);
    stubs.push(stub);
    return { model: createAiSdkModel(protocol.settings(stub.url)), name: protocol.model };
  });
});
