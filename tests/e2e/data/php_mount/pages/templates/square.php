<?php
return $n * $n;
