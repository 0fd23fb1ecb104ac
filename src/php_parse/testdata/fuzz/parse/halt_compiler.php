<?php
f();
__halt_compiler(); any ?> <?php { bytes