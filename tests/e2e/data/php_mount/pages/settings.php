<?php
$seen = isset($seen) ? $seen + 1 : 1;
return ['name' => 'mounted', 'seen' => $seen];
