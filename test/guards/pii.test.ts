import * as fc from 'fast-check';
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
    ['email', 'ada@acme.dev', '-ada@acme.dev'],
    ['phone', '+44 20 7946 0123', 'call +44 20 7946 0123'],
    ['phone', '+14155552671', 'tel:+14155552671'],
    ['phone', '(212) 555-0147', 'Front desk (212) 555-0147, ask for Ada'],
    ['phone', '415-555-0199 x12', 'my desk: 415-555-0199 x12'],
    ['phone', '0612 34 56 78', 'Phone: 0612 34 56 78'],
    ['iban', 'DE89370400440532013000', 'pay DE89370400440532013000 today'],
    ['iban', 'ES91 2100 0418 4502 0005 1332', 'IBAN ES91 2100 0418 4502 0005 1332 by tomorrow'],
    ['card', '4539578763621486', 'The order was paid with 4539578763621486 yesterday'],
    ['card', '5425 2334 3010 9903', '"account": "5425 2334 3010 9903"'],
    ['card', '374245455400126', 'amex 374245455400126'],
    ['ssn', '536-22-8143', 'id=536-22-8143'],
    ['ssn', '536228143', 'SSN: 536228143'],
    ['ip', '81.2.69.142', 'banned 81.2.69.142 at night'],
    ['ip', '81.2.69.142', 'http://81.2.69.142:8080/x'],
    ['ip', '81.2.69.142', 'client=81.2.69.142'],
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
    'at 1712345678901 ms, epoch 1700000000, 2026-11-03T10:22:41.120Z',
    'issue #1204417, build 20261103.4, id 4242424242',
    'version 1.2.3.4, v4.89.3.1, pkg==10.20.30.40, Chrome/120.0.6099.109, section 24.5.1.1',
    '127.0.0.1 10.0.0.8 192.168.1.1 172.16.0.1 169.254.1.1 203.0.113.9 0.0.0.0 255.255.255.255 8.8.8.8',
    'allow 52.94.0.0/16',
    '::1 fe80::1 2001:db8::1 fd00::1',
    '09:41:07.250 and 10:20:30',
    'a::b std::vector<int> 1.3.6.1.4.1.311',
    'https://deploy:x@acme.dev/path',
    'test with 4242 4242 4242 4242 or 4111111111111111',
    'The order was paid with 4539578763621487 yesterday',
    'DE88370400440532013000 has wrong check digits',
    '666-12-3456 000-12-3456 933-41-7720 123-45-6789',
    'call stack size is 1048576, the line number 120-240',
    'sha 9fceb02d0ae598e95dc970b74767f19372d61af8, uuid 123e4567-e89b-42d3-a456-426614174000',
    'const x = 0x1f2e3d4c5b; // 3.14159265358979',
  ])('leaves %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('redactPii', () => {
  it('names what it took out', () => {
    expect(redactPii('ada@acme.dev or +44 20 7946 0123')).toEqual({
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
