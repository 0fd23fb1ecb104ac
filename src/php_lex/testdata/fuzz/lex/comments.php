<?php
# one
// two ?> html <?php
/* three */ /** doc */ function f() {}
$a = 1 /* in */ + // end
 2;