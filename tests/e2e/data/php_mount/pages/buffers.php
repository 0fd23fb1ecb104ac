<?php
show(ob_get_level(), headers_sent());
ob_start();
echo 'inside';
show(ob_get_level(), strlen(ob_get_clean()));
ob_start(fn($text) => strtoupper($text));
echo "shouted\n";
ob_end_flush();
header('X-Early: 1');
echo str_repeat('x', (int) ($_GET['bytes'] ?? 10)), "\n";
show(headers_sent());
header('X-Late: 1');
http_response_code(201);
register_shutdown_function(function () { echo "at the end\n"; });
if (isset($_GET['exit'])) {
    exit('left');
}
echo "done\n";
