<?php
return [1, 0x1F, 0b11, 017, 0o17, 1_000, 1.5, .5, 1e9, 'a\'b', "c\n", null, true, M_PI, __LINE__];