<?php
// Resources and streams: what they are, files and memory read and written by pieces, ends, places, folders.
function shown($f): void
{
    try {
        var_dump($f());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

function handles(string $folder): void
{
    $f = fopen($folder . '/a', 'w+');
    var_dump($f, (int)$f, "$f", (float)$f, (bool)$f, gettype($f), get_debug_type($f), is_resource($f), is_scalar($f));
    var_dump(get_resource_type($f), get_resource_id($f), json_encode([$f]), json_last_error_msg(), serialize([$f]));
    print_r([$f]);
    var_export([$f]);
    var_dump([$f => 1], (array)$f, (object)['f' => $f], $f == $f, $f === $f, $f == (int)$f, $f == "$f", $f < 1000, $f <=> 1);
    $other = fopen('php://memory', 'r');
    var_dump($f === $other, $f == $other, $f < $other, [$f] == [$other], !$f, $f == true, $f == null, $f == 'x', $f < [1]);
    shown(fn() => $f + 1);
    shown(fn() => 2.5 * $f);
    shown(fn() => $f % 7);
    shown(fn() => $f << $other);
    shown(fn() => -$f);
    shown(fn() => ~$f);
    shown(function () use ($f) { $f++; return $f; });
    shown(function () use ($f) { $f--; return $f; });
    shown(fn() => [1, 2][$f] ?? 'none');
    shown(fn() => isset([1, 2][$f]));
    shown(fn() => $f[0]);
    shown(fn() => $f->x);
    shown(fn() => $f->x());
    shown(fn() => 'abc'[$f]);
    shown(function () use ($f) { $f[] = 1; });
    shown(function () use ($f) { $f->x = 1; });
    shown(fn() => strlen($f));
    shown(fn() => abs($f));
    shown(fn() => count($f));
    shown(fn() => str_repeat('a', $f));
    shown(fn() => (function (int $x) { return $x; })($f));
    shown(fn() => (function (?string $x) { return $x; })($f));
    shown(fn() => array_sum([$f, 1]) - (int)$f);
    shown(fn() => array_flip([$f]));
    shown(fn() => in_array($f, [1, $f]));
    shown(fn() => implode(',', [$f, 1]));
    shown(fn() => sprintf('%s %d', $f, $f));
    shown(fn() => clone $f);
    shown(fn() => $f instanceof stdClass);
    shown(function () use ($f) { foreach ($f as $x) { echo $x; } });
    shown(fn() => fclose($f));
    var_dump($f, gettype($f), is_resource($f), get_debug_type($f), get_resource_type($f), get_resource_id($f), (int)$f);
    foreach (['fread' => [$f, 1], 'fgets' => [$f], 'fwrite' => [$f, 'a'], 'fclose' => [$f], 'feof' => [$f], 'closedir' => [$f],
        'fputcsv' => [$f, []], 'fgetc' => ['x'], 'fputs' => [null, 'x'], 'readdir' => [3], 'get_resource_id' => [1.5],
        'get_resource_type' => [[]], 'opendir' => [$folder . '/none'], 'fopen' => [$folder . '/none', 'r'],
        'readfile' => [$folder . '/none'], 'file_get_contents' => [$folder . '/a', false, $other]] as $name => $arguments) {
        echo $name, ': ';
        shown(fn() => str_replace($folder, '', (string)var_export($name(...$arguments), true)));
    }
}

function modes(string $folder): void
{
    foreach (['r', 'r+', 'w', 'w+', 'a', 'a+', 'x', 'x+', 'c', 'c+', 'rb', 'wt', 'q', '', 'rw', '+'] as $mode) {
        file_put_contents($folder . '/b', "one\ntwo\n");
        echo $mode, ': ';
        $f = fopen($folder . '/' . ($mode !== '' && $mode[0] === 'x' ? 'x' . strlen($mode) : 'b'), $mode);
        if (!$f) {
            continue;
        }
        var_dump(ftell($f), fread($f, 2), ftell($f), fwrite($f, 'AB'), ftell($f), fseek($f, 1), fgets($f), rewind($f),
            fgetc($f), feof($f), ftruncate($f, 5), fstat($f)['size'], fflush($f));
        fclose($f);
        var_dump(file_get_contents($folder . '/b'));
        $f = fopen('php://memory', $mode);
        var_dump(stream_get_meta_data($f)['mode'], fwrite($f, 'memory'), rewind($f), fread($f, 3), fwrite($f, 'x'), ftell($f));
    }
    shown(fn() => fopen($folder . '/x1', 'x'));
    shown(fn() => fopen('', 'r'));
    shown(fn() => fopen("a\0b", 'r'));
    shown(fn() => fopen($folder, 'w'));
    shown(fn() => fread(fopen($folder, 'r'), 10));
}

function ends($f): void
{
    fwrite($f, "hello\nworld\nlast");
    var_dump(feof($f), rewind($f), fgets($f), feof($f), fgets($f, 3), fgets($f), fgets($f), feof($f), fgets($f), fgetc($f));
    var_dump(fseek($f, 3), ftell($f), feof($f), fread($f, 13), feof($f), fread($f, 1), feof($f));
    var_dump(fseek($f, 100), ftell($f), fseek($f, -4, SEEK_END), ftell($f), fread($f, 2), fseek($f, 1, SEEK_CUR), fgetc($f));
    var_dump(fseek($f, -2, SEEK_CUR), ftell($f), fseek($f, -1), ftell($f), fseek($f, 0, 9), fseek($f, -100, SEEK_END), ftell($f));
    rewind($f);
    fgets($f);
    var_dump(stream_get_meta_data($f)['unread_bytes'], fwrite($f, 'W'), ftell($f), fgets($f));
    var_dump(ftruncate($f, 8), ftell($f), rewind($f), stream_get_contents($f), feof($f), fwrite($f, '!'), feof($f), ftell($f));
    var_dump(stream_get_contents($f, 3, 2), stream_get_contents($f, -1, 0), stream_get_contents($f), stream_get_contents($f, 0));
    rewind($f);
    ftruncate($f, 0);
    fwrite($f, "aa|bb||cc\ndd|");
    rewind($f);
    var_dump(stream_get_line($f, 100, '|'), stream_get_line($f, 1, '|'), stream_get_line($f, 100, '|'), stream_get_line($f, 0, '|'),
        stream_get_line($f, 3), ftell($f), stream_get_line($f, 100, '|'), feof($f), stream_get_line($f, 100, '|'), feof($f));
    rewind($f);
    fgetc($f);
    var_dump(fpassthru($f), feof($f), fpassthru($f), feof($f), rewind($f));
    $to = fopen('php://temp', 'w+');
    var_dump(stream_copy_to_stream($f, $to), feof($f), stream_copy_to_stream($f, $to), feof($f), rewind($f),
        stream_copy_to_stream($f, $to, 3, 2), stream_copy_to_stream($f, $to, 0), ftell($f), ftell($to), rewind($to), fread($to, 100));
    foreach ([fn() => fread($f, 0), fn() => fgets($f, 0), fn() => fgets($f, 1), fn() => ftruncate($f, -1), fn() => flock($f, 0),
        fn() => stream_get_line($f, -1), fn() => stream_get_contents($f, -5), fn() => fgetcsv($f, -1), fn() => fwrite($f, 'abc', 2),
        fn() => fwrite($f, 'abc', -2), fn() => fputcsv($f, [1], 'ab'), fn() => fgetcsv($f, 0, ',', ''),
        fn() => fputcsv($f, [1], ',', '"', 'ab'), fn() => stream_get_contents($f, 3, 1000)] as $one) {
        shown($one);
    }
}

function tables($f): void
{
    $rows = [['a', 'b c', 'd"e', '', '1', 1, 1.5, true, null, 'x,y', "q\nr", "t\tt", ' s', 'b\"c', '\"'], [], [''], [null], ["a'b"]];
    foreach ($rows as $row) {
        var_dump(fputcsv($f, $row), fputcsv($f, $row, ';', "'", '', "|\n"), fputcsv($f, $row, "\t", '"', '"', "\r\n"));
    }
    rewind($f);
    var_dump(stream_get_contents($f));
    foreach ([[0, ',', '"', '\\'], [4, ';', "'", '\\'], [null, ',', '"', ''], [0, "\t", '"', '"']] as $how) {
        rewind($f);
        while (($row = fgetcsv($f, ...$how)) !== false) {
            echo json_encode($row), "\n";
        }
    }
    foreach (["\"abc\n", '"abc', "a,\"b\n\nc\n\n", "  \n", " ,\n", "\r\n", "a\r\r\n", 'a,', "\"a\\\"b\"\n", '"a""', "a\"b\",c\n", ",\n",
        "\"a\" \n", "\n\n"] as $text) {
        ftruncate($f, 0);
        rewind($f);
        fwrite($f, $text);
        rewind($f);
        while (($row = fgetcsv($f)) !== false) {
            echo json_encode($row);
        }
        echo "\n";
    }
}

function scans($f): void
{
    fwrite($f, "one 1\ntwo 2\nx\n\n7");
    rewind($f);
    while (is_array($row = fscanf($f, '%s %d'))) {
        var_dump($row);
    }
    var_dump($row, fscanf($f, '%s'), rewind($f), fscanf($f, '%s %d', $name, $number), $name, $number, fscanf($f, '%s', $name), $name);
    var_dump(fprintf($f, '%05d|%s', 12, 'x'), vfprintf($f, '%2$s %1$s', ['a', 'b']), rewind($f), stream_get_contents($f));
    shown(fn() => fprintf($f, '%d %d', 1));
}

function locks(string $folder): void
{
    $f = fopen($folder . '/b', 'r');
    $g = fopen($folder . '/b', 'r');
    var_dump(flock($f, LOCK_EX, $busy), $busy, flock($g, LOCK_EX | LOCK_NB, $busy), $busy, flock($f, LOCK_UN),
        flock($g, LOCK_SH | LOCK_NB, $busy), $busy, flock(fopen('php://memory', 'r'), LOCK_SH));
    $g = null;
    var_dump(fwrite($f, 'x'), fclose($f));
    $f = fopen($folder . '/b', 'w');
    var_dump(fread($f, 1), fgets($f), fgetc($f), feof($f), stream_get_contents($f), file_put_contents($folder . '/c', 'copied'));
    var_dump(file_put_contents($folder . '/d', fopen($folder . '/c', 'r')), file_get_contents($folder . '/d'), readfile($folder . '/d'));
}

function folders(string $folder): void
{
    shown(fn() => readdir());
    $d = opendir($folder);
    $names = [];
    while (($name = readdir($d)) !== false) {
        $names[] = $name;
    }
    sort($names);
    echo implode(' ', $names), "\n";
    rewinddir($d);
    var_dump(is_string(readdir()), get_resource_type($d));
    closedir($d);
    shown(fn() => readdir());
    shown(fn() => readdir($d));
    shown(fn() => readdir(fopen('php://memory', 'r')));
    shown(fn() => opendir(''));
}

function outputs(): void
{
    $f = fopen('php://output', 'w');
    var_dump(fwrite($f, "output\n"), ftell($f), feof($f), fread($f, 1), feof($f), fseek($f, 0), fstat($f), ftruncate($f, 1),
        flock($f, LOCK_SH), fflush($f), rewind($f));
    ob_start();
    fwrite($f, 'kept');
    fputs(STDOUT, "written\n");
    var_dump(strtoupper((string)ob_get_clean()));
    echo 'before ';
    fwrite(STDOUT, "between\n");
    file_put_contents('php://output', "whole\n");
    var_dump(STDIN, STDOUT, STDERR, defined('STDIN'), constant('STDERR') === STDERR, fwrite(STDERR, ''));
    $t = tmpfile();
    var_dump(fwrite($t, 'abc'), rewind($t), fread($t, 10), fclose($t));
    $t = fopen('php://temp/maxmemory:4', 'w+');
    var_dump(fwrite($t, 'abc'), fseek($t, 100), ftell($t), fwrite($t, 'defgh'), rewind($t), fread($t, 100), fseek($t, 100), ftell($t),
        fwrite($t, 'x'), fstat($t)['size'], rewind($t), strlen(fread($t, 1000)), feof($t));
    var_dump(fseek(STDIN, 5, 7), SEEK_SET, SEEK_CUR, SEEK_END, LOCK_NB);
}

$folder = sys_get_temp_dir() . '/streams';
mkdir($folder);
handles($folder);
modes($folder);
ends(fopen('php://memory', 'w+'));
ends(fopen('php://temp', 'w+'));
ends(fopen($folder . '/e', 'w+'));
tables(fopen('php://memory', 'w+'));
tables(fopen($folder . '/t', 'w+'));
scans(fopen('php://memory', 'w+'));
locks($folder);
folders($folder);
outputs();
foreach (scandir($folder) as $name) {
    if ($name[0] !== '.') {
        unlink($folder . '/' . $name);
    }
}
rmdir($folder);
