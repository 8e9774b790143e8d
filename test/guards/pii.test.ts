import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPiiVault, findPii, piiName, redactPii } from '../../src/guards/pii.ts';
import { hostileText } from './samples.ts';

const found = (text: string): [string, string][] =>
  findPii(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe('personal data', () => {
  it.each([
    ['email', 'ada.lovelace+bugs@mail.acme.co.uk', 'write to ada.lovelace+bugs@mail.acme.co.uk.'],
    ['email', 'jörg@müller.de', 'von jörg@müller.de gemeldet'],
    ['email', 'ada@acme.dev', 'Author: Ada <ada@acme.dev>'],
    ['email', 'ada@acme.dev', 'mail [Ada](mailto:ada@acme.dev)'],
    ['phone', '+44 20 7336 2982', 'call +44 20 7336 2982'],
    ['phone', '+14774182787', 'tel:+14774182787'],
    ['phone', '(930) 233-7440', 'Ref (930) 233-7440 in ticket 4411'],
    ['phone', '236-507-7373 x12', 'my desk: 236-507-7373 x12'],
    ['phone', '0490 75 40 81', 'Phone: 0490 75 40 81'],
    ['iban', 'DE91647503337143163099', 'pay DE91647503337143163099 today'],
    ['iban', 'ES34 7928 2398 0235 2037 6810', 'IBAN ES34 7928 2398 0235 2037 6810 by tomorrow'],
    ['card', '4456893649311791', 'Customer paid with 4456893649311791 yesterday'],
    ['card', '5132 0851 2018 9809', '"account": "5132 0851 2018 9809"'],
    ['card', '347415977307943', 'amex 347415977307943'],
    ['ssn', '494-52-6855', 'card=494-52-6855'],
    ['ssn', '494526855', 'SSN: 494526855'],
    ['ip', '86.121.97.248', 'banned 86.121.97.248 at night'],
    ['ip', '86.121.97.248', 'http://86.121.97.248:8080/x'],
    ['ip', '86.121.97.248', 'client=86.121.97.248'],
    ['ip', '2a00:1450:4001:81b::200e', 'from 2a00:1450:4001:81b::200e to us'],
  ])('finds %s %s', (kind, value, text) => {
    expect(found(text)).toEqual([[kind, value]]);
  });

  it('has a name for every kind', () => {
    expect(piiName('email')).toBe('e-mail address');
  });
});

describe('innocent look-alikes', () => {
  it.each([
    'npm i @types/node@24.1.0 left-pad@1.3.0 @acme/core@v4.1.0',
    'git@github.com:acme/repo.git and ssh://deploy@build.acme.dev:22/srv',
    'scp ada@build.acme.dev:srv/www/index.html .',
    'uses: actions/checkout@v4.1.0',
    'user@example.com, x@sub.example.org, y@service.test, z@localhost',
    '49699333+dependabot[bot]@users.noreply.github.com 12+ada@users.noreply.github.com noreply@github.com',
    'logo@2x.png and getty@tty1.service',
    '@octocat please look',
    'at 1657818206863 ms, epoch 1700000000, 2026-11-03T10:22:41.120Z',
    'issue #1638603, build 20261103.4, id 4242424242',
    'version 1.2.3.4, v4.89.3.1, pkg==10.20.30.40, Chrome/120.0.6099.109, section 24.5.1.1',
    '127.0.0.1 10.0.0.8 192.168.1.1 172.16.0.1 169.254.1.1 203.0.113.9 0.0.0.0 255.255.255.255 8.8.8.8',
    'allow 52.94.0.0/16',
    '::1 fe80::1 2001:db8::1 fd00::1',
    '12:51:29.805 and 10:20:30',
    'a::b std::vector<int> 1.3.6.1.4.1.311',
    'https://deploy:x@acme.dev/path',
    'test with 4242 4242 4242 4242 or 4111111111111111',
    'Customer paid with 4456893649311792 yesterday',
    'DE97861134232068142989 has wrong check digits',
    '666-12-3456 000-12-3456 921-29-2225 123-45-6789',
    'call stack size is 1048576, the line number 120-240',
    'sha 55c118768d4cecea57e4b460cacfc990e012d2c8, uuid 822e19c9-ce3c-4d86-a63c-87d49c1cbf62',
    'const x = 0x262babf29c; // 3.14159265358979',
  ])('leaves %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('redactPii', () => {
  it('names what it took out', () => {
    expect(redactPii('ada@acme.dev or +44 20 7336 2982')).toEqual({
      text: '[redacted: e-mail address] or [redacted: phone number]',
      kinds: ['email', 'phone'],
    });
  });

  it('leaves what the audience knows', () => {
    expect(redactPii('ada@acme.dev, bob@acme.dev', (value) => value.startsWith('ada')).text).toBe(
      'ada@acme.dev, [redacted: e-mail address]',
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const once = redactPii(text).text;
        expect(redactPii(once).text).toBe(once);
      }),
    );
  });
});

describe('the vault', () => {
  it('gives the same value the same token, and each other value another', () => {
    const vault = createPiiVault('k3x');
    expect(vault.tokenise('ada@acme.dev bob@acme.dev')).toBe('⟦email:k3x:1⟧ ⟦email:k3x:2⟧');
    expect(vault.tokenise('bob@acme.dev')).toBe('⟦email:k3x:2⟧');
  });

  it('puts back only what the audience saw', () => {
    const vault = createPiiVault('k3x');
    const text = vault.tokenise('ada@acme.dev bob@acme.dev');
    expect(vault.restore(text, (value) => value === 'ada@acme.dev')).toBe(
      'ada@acme.dev [redacted: e-mail address]',
    );
  });

  it('writes tokens that it did not give out with plain brackets', () => {
    const vault = createPiiVault('k3x');
    expect(vault.tokenise('⟦email:k3x:1⟧ and ⟦email:other:1⟧')).toBe('[email:k3x:1] and [email:other:1]');
  });

  it('leaves tokens of other runs alone when it restores', () => {
    const other = createPiiVault('other').tokenise('ada@acme.dev');
    expect(createPiiVault('k3x').restore(other, () => true)).toBe(other);
  });

  it('is undone by restoring for those who saw everything, and is idempotent', () => {
    fc.assert(
      fc.property(fc.array(fc.emailAddress(), { maxLength: 5 }), (addresses) => {
        const vault = createPiiVault('k3x');
        const text = addresses.join(' , ');
        const hidden = vault.tokenise(text);
        expect(vault.tokenise(hidden)).toBe(hidden);
        expect(vault.restore(hidden, () => true)).toBe(text);
      }),
    );
  });
});
