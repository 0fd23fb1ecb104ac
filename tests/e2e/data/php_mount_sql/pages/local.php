<?php
// A file of the client's behind another statement, whose result nobody takes.
$d = mysql_pdo();
$d->exec('CREATE TEMPORARY TABLE l (a TEXT)');
$several = $d->query("SELECT 1; LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE l");
$several = null;
show('end');
