<?php
enum A { case B; }
class C { public int $d { get => 1; } }