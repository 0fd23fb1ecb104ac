<?php
// Lexes, parses and compiles every file of a list with PHP's own compiler. Nothing is run.
//
// Compiling declares a file's functions, and two files that declare the same end the process. A child therefore compiles
// until it is through or ends, saying after each file what that cost; the next child goes on behind the file that ended it.
require __DIR__ . '/cpu.php';

function compile_from(array $paths, int $first, $out): never
{
    ini_set('display_errors', '0');
    for ($i = $first; $i < count($paths); $i++) {
        $begin = cpu_seconds();
        $taken = @opcache_compile_file($paths[$i]);
        $spent = cpu_seconds() - $begin;
        fwrite($out, sprintf("%d %.6f %d\n", $i, $spent, $taken ? filesize($paths[$i]) : 0));
    }
    exit(0);
}

$paths = listed_paths($argv[1]);
$bytes = 0;
$seconds = 0.0;
$refused = 0;
for ($next = 0; $next < count($paths);) {
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $child = pcntl_fork();
    if ($child === 0) {
        fclose($ours);
        compile_from($paths, $next, $theirs);
    }
    fclose($theirs);
    while (($line = fgets($ours)) !== false) {
        [$index, $spent, $size] = explode(' ', $line);
        $next = $index + 1;
        if ((int) $size === 0) {
            $refused++;
        } else {
            $bytes += (int) $size;
            $seconds += (float) $spent;
        }
    }
    pcntl_waitpid($child, $status);
    if ($next < count($paths)) {
        $next++;
        $refused++;
    }
}
report($bytes, $seconds, $refused);
