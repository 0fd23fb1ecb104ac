<?php
if ($a) b(); elseif ($c) { d(); } else if ($e) {} else f();
while ($a) { if ($b) continue; break 1; }
do { $a--; } while ($a > 0);
for ($i = 0, $j = 1; $i < 3; $i++, $j++) {}
foreach ($a as $k => &$v) {} foreach ($a as ["x" => $x, "y" => [$z]]) {}
switch ($a) { case 1: case 2; b(); break; default: c(); }
try { f(); } catch (A | B $e) { } catch (C) { } finally { g(); }
goto end; end: return;