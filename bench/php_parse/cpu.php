<?php
// Shared by the PHP peers: CPU seconds of this process, and the figure they print.

function cpu_seconds(): float
{
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
}

/** @return string[] */
function listed_paths(string $list): array
{
    return file($list, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES);
}

function report(int $bytes, float $seconds, int $refused): void
{
    printf("%.3f MB/s, %d bytes, %d refused\n", $bytes / 1e6 / $seconds, $bytes, $refused);
}
