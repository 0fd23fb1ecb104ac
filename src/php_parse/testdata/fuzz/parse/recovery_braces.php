<?php
function f() {
  if ($a) {
    g();
}
}}
function h() { return [1, 2; }
$x = 1;