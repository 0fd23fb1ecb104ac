// What a version of PHP says of files it compiles and does not run:  node lint.mjs VERSION LIST
//
// PHP is the WebAssembly build of @php-wasm/node, which is PHP's own source and has no `-l`. So each file is included
// with "<?php return ?>" before it: PHP compiles the whole file, refuses what it refuses, and runs nothing of it. That
// cannot be put before `namespace` and `declare`, which have to come first; such files are passed over. A request is
// made for each file, and an instance that a file has broken is replaced. Prints "ok PATH", "no PATH" or "skip PATH"
// for each path of the list, in its order.
import { loadNodeRuntime } from '@php-wasm/node';
import { PHP } from '@php-wasm/universal';
import { readFileSync } from 'node:fs';

const [version, list] = process.argv.slice(2);
const USES_MAX = 1000;
const GUARD = Buffer.from('<?php return ?>');
const FIRST = /\b(namespace|declare)\b/i;

async function makePhp() {
  const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1 } }));
  php.mkdir('/lint');
  return php;
}

let php = await makePhp();
let uses = 0;

async function lint(bytes) {
  const file = `/lint/${++uses}.php`;
  php.writeFile(file, Buffer.concat([GUARD, bytes]));
  const code = `<?php ini_set('display_errors', '0');
    try { include '${file}'; echo 'COMPILED'; } catch (Throwable $refused) { echo 'REFUSED'; }`;
  try {
    return (await php.run({ code })).text.endsWith('COMPILED');
  } catch (error) {
    return false;  // a fatal error ends the request, and may end the instance
  } finally {
    try {
      php.unlink(file);
    } catch {
      uses = USES_MAX;
    }
  }
}

for (const path of readFileSync(list, 'utf-8').split('\n').filter(Boolean)) {
  const bytes = readFileSync(path);
  if (FIRST.test(bytes.toString('latin1'))) {
    console.log(`skip ${path}`);
    continue;
  }
  console.log(`${(await lint(bytes)) ? 'ok' : 'no'} ${path}`);
  if (uses < USES_MAX) continue;
  try {
    php.exit();
  } catch {
    // It is gone already.
  }
  php = await makePhp();
  uses = 0;
}
process.exit(0);
