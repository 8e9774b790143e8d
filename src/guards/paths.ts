import picomatch from 'picomatch';

/*
 * What changes who reviews, what runs, or what instructs: GitHub's own folder, owners, the manifests and lock files
 * of package managers (and the files that point them at other registries), and the files that coding agents obey.
 */
const PROTECTED = [
  '.github/**',
  '**/CODEOWNERS',
  '**/.gitmodules',
  // JavaScript
  '**/{package.json,package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,pnpm-workspace.yaml,bun.lock,bun.lockb}',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,bunfig.toml,deno.json,deno.jsonc,deno.lock,jsr.json}',
  // Python
  '**/{pyproject.toml,setup.py,setup.cfg,poetry.lock,pdm.lock,uv.lock,uv.toml,Pipfile,Pipfile.lock,pip.conf,pylock*.toml}',
  '**/{requirements*.txt,constraints*.txt,environment.yml,environment.yaml,conda-lock.yml}',
  '**/requirements/*.txt',
  // Ruby, PHP, Rust, Go
  '**/{Gemfile,Gemfile.lock,gems.rb,gems.locked,*.gemspec,composer.json,composer.lock}',
  '**/{Cargo.toml,Cargo.lock,go.mod,go.sum,go.work,go.work.sum}',
  '**/.cargo/config{,.toml}',
  // JVM, .NET, Swift, Objective-C
  '**/{pom.xml,build.gradle,build.gradle.kts,settings.gradle,settings.gradle.kts,gradle.lockfile,gradle.properties,build.sbt}',
  '**/gradle/{libs.versions.toml,verification-metadata.xml,wrapper/**}',
  '**/.mvn/**',
  '**/{*.csproj,*.fsproj,*.vbproj,packages.config,packages.lock.json,Directory.Packages.props,nuget.config,paket.dependencies,paket.lock}',
  '**/{Package.swift,Package.resolved,Podfile,Podfile.lock,Cartfile,Cartfile.resolved}',
  // Dart, Elixir, Haskell, OCaml, Julia, R, Perl, Lua, C and C++, Nix, Terraform, Helm
  '**/{pubspec.yaml,pubspec.lock,mix.exs,mix.lock,rebar.config,rebar.lock,*.cabal,cabal.project,stack.yaml,stack.yaml.lock}',
  '**/{*.opam,dune-project,Project.toml,Manifest.toml,renv.lock,cpanfile,*.rockspec,conanfile.*,conan.lock,vcpkg.json}',
  '**/{flake.nix,flake.lock,.terraform.lock.hcl,Chart.yaml,Chart.lock,MODULE.bazel,MODULE.bazel.lock,WORKSPACE}',
  // Agents
  'agents/**',
  '**/{AGENTS.md,AGENT.md,CLAUDE.md,CLAUDE.local.md,GEMINI.md,QWEN.md,CONVENTIONS.md,SKILL.md,*.agent.md}',
  '**/{copilot-instructions.md,*.instructions.md,*.prompt.md,*.chatmode.md}',
  '**/{.mcp.json,mcp.json,.cursorrules,.windsurfrules,.clinerules,.aider*,llms.txt,opencode.json,opencode.jsonc}',
  '**/{.claude,.cursor,.windsurf,.clinerules,.roo,.continue,.gemini,.codex,.opencode,.junie,.amazonq,.kiro,.agents}/**',
  '**/.vscode/{mcp,tasks,settings}.json',
];

const MAX_PATH = 4096;
const MAX_NAME_BYTES = 255;

const isBuiltInProtected = picomatch(PROTECTED, { dot: true, nocase: true });

/** True for a path that a person must always see: the built-in list and `protected:` globs, in any case and spelling. */
export function isProtectedPath(path: string, extraGlobs: readonly string[]): boolean {
  const normal = normalisePath(path);
  if (isBuiltInProtected(normal)) return true;
  if (extraGlobs.length === 0) return false;
  // A folder's own name protects what is in it, as in CODEOWNERS.
  const globs = extraGlobs.flatMap((glob) => {
    const bare = glob.replace(/^\/+/, '').replace(/\/+$/, '');
    return [bare, `${bare}/**`];
  });
  return picomatch(globs, { dot: true, nocase: true })(normal);
}

/** One spelling of a path, as a careless file system would see it: for comparing, never for writing. */
export function normalisePath(path: string): string {
  return path
    .normalize('NFKC')
    .replace(/\p{DI}/gu, '')
    .replaceAll('\\', '/')
    .split('/')
    .map((name) => name.replace(/(?<=[^. ])[. ]+$/, ''))
    .filter((name) => name !== '' && name !== '.')
    .join('/')
    .toLowerCase();
}

/** Why a path may not be written at all, on any system that checks it out; null when it may. */
export function unsafePath(path: string): string | null {
  if (path === '' || path.length > MAX_PATH) return 'is empty or too long';
  if (/[\p{Cc}\p{DI}\u2028\u2029]/u.test(path) || !path.isWellFormed()) return 'holds invisible characters';
  if (/^[\\/~]|^[A-Za-z]:/.test(path)) return 'is absolute';
  if (/[\\:*?"<>|]/.test(path)) return 'holds a character that Windows forbids';
  const names = path.split('/');
  if (names.includes('..')) return 'leaves the repository';
  if (names.some((name) => name === '' || name === '.')) return 'has an empty part';
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) return 'has a name that is too long';
  if (names.some((name) => /[. ]$/.test(name))) return 'has a name that ends in a dot or a space';
  if (names.some((name) => /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)))
    return 'is a device on Windows';
  // `git~1` is the short name of `.git` on Windows.
  if (
    normalisePath(path)
      .split('/')
      .some((name) => name === '.git' || /^git~\d$/.test(name))
  )
    return 'lies in .git';
  return null;
}

/** True when a symbolic link at `path` would point out of the repository or into `.git`. */
export function leavesTree(path: string, target: string): boolean {
  if (/^[\\/~]|^[A-Za-z]:|[\p{Cc}]/u.test(target)) return true;
  const place = path.split('/').slice(0, -1);
  for (const name of target.trim().split(/[\\/]/)) {
    if (name === '..' && place.pop() === undefined) return true;
    if (normalisePath(name) === '.git') return true;
    if (name !== '..' && name !== '.' && name !== '') place.push(name);
  }
  return false;
}
