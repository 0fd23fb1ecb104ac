<?php
if ($a): b(); elseif ($c): d(); else: e(); endif;
while ($a): endwhile; for (;;): break; endfor; foreach ($a as $b): endforeach;
switch ($a): case 1: endswitch; declare(ticks=1): f(); enddeclare;