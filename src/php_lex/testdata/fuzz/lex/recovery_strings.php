<?php
$a = "x {$y";
$b = 'open