<?php
$a = new class(1) extends B implements C { public $x; };
$b = new #[A] class {};