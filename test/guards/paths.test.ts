import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProtectedPath, leavesTree, normalisePath, unsafePath } from '../../src/guards/paths.ts';

describe('isProtectedPath', () => {
  it.each([
    '.github/workflows/ci.yml',
    '.github/muster.yml',
    '.GitHub/x',
    './.github//x',
    '.ＧＩＴＨＵＢ/x',
    '.git\u200Bhub/x',
    '.github./x',
    'CODEOWNERS',
    'docs/codeowners',
    '.gitmodules',
    'package.json',
    'PACKAGE.JSON',
    'packages/a/package-lock.json',
    'pnpm-lock.yaml',
    '.npmrc',
    'pyproject.toml',
    'requirements-dev.txt',
    'requirements/dev.txt',
    'Gemfile.lock',
    'Cargo.toml',
    '.cargo/config.toml',
    'go.sum',
    'pom.xml',
    'app/build.gradle.kts',
    'gradle/wrapper/gradle-wrapper.properties',
    'App.csproj',
    'Package.swift',
    'mix.lock',
    'flake.lock',
    'agents/flows/build.yml',
    'AGENTS.md',
    'sub/CLAUDE.md',
    'GEMINI.md',
    '.mcp.json',
    '.cursor/rules/x.mdc',
    '.claude/settings.json',
    '.vscode/tasks.json',
    'x.agent.md',
  ])('protects %s', (path) => {
    expect(isProtectedPath(path, [])).toBe(true);
  });

  it.each([
    'src/index.ts',
    'src/agents/loop.ts',
    'docs/agent-files.md',
    'package.json.ts',
    'src/github/client.ts',
    'README.md',
    'Dockerfile',
    'mypackage.json',
    'src/requirements.ts',
    '.gitignore',
    '.vscode/extensions.json',
  ])('leaves %s', (path) => {
    expect(isProtectedPath(path, [])).toBe(false);
  });

  it('adds the globs of the configuration, files and folders, in any case', () => {
    expect(isProtectedPath('infra/prod/main.tf', ['infra'])).toBe(true);
    expect(isProtectedPath('INFRA/main.tf', ['/infra/'])).toBe(true);
    expect(isProtectedPath('db/001.sql', ['**/*.sql'])).toBe(true);
    expect(isProtectedPath('src/infra.ts', ['infra'])).toBe(false);
  });
});

describe('unsafePath', () => {
  it.each([
    '',
    '/etc/passwd',
    '~/x',
    'C:/x',
    '..',
    'a/../b',
    'a//b',
    './a',
    'a/',
    'a\\b',
    'a\0b',
    'a\nb',
    'a\u202Eb',
    '\uD800',
    '.git/config',
    '.GIT/hooks/x',
    'sub/.git/x',
    'git~1/x',
    '.git\u200C/x',
    '.git./x',
    '.git /x',
    'con',
    'NUL.txt',
    'a/com1.c',
    'a:stream',
    'a?',
    'x'.repeat(256),
    'a/'.repeat(3000),
  ])('refuses %j', (path) => {
    expect(unsafePath(path)).not.toBeNull();
  });

  it.each([
    'src/index.ts',
    '.github/x.yml',
    '.gitignore',
    'src/[id]/(group)/page.tsx',
    'a b/c d.md',
    'été/über.md',
    '日本/語.md',
    'auxiliary.ts',
    'console.ts',
    'com10.ts',
    '...rest.ts',
    'a..b',
    '@scope/x.ts',
    '.env.example',
  ])('accepts %j', (path) => {
    expect(unsafePath(path)).toBeNull();
  });

  it('accepts nothing that resolves outside, whatever it is made of', () => {
    const piece = fc.constantFrom('..', '.', '', 'a', '/', '\\', '.git', ' ', '.', '~', 'C:', '\u200B', '//');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = pieces.join('');
        if (unsafePath(path) !== null) return;
        expect(path.split('/')).not.toContain('..');
        expect(normalisePath(path).split('/')).not.toContain('.git');
        expect(path).not.toMatch(/^[/\\~]|:/);
      }),
    );
  });
});

describe('leavesTree', () => {
  it.each([
    ['a/b', '../../x'],
    ['a', '../x'],
    ['a/b', '/etc/passwd'],
    ['a', '.git/config'],
    ['a/b', '../.GIT/x'],
    ['a', 'C:\\x'],
    ['a/b', 'c/../../../x'],
    ['a', '~/x'],
    ['a', 'x\ny'],
  ])('sees that a link %s to %s leaves', (path, target) => {
    expect(leavesTree(path, target)).toBe(true);
  });

  it.each([
    ['a/b', '../x'],
    ['a/b/c', '../../d'],
    ['a', 'b'],
    ['a/b', './c/../d'],
    ['a', '.github/x'],
  ])('lets a link %s to %s stay', (path, target) => {
    expect(leavesTree(path, target)).toBe(false);
  });
});
