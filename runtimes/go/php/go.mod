module banyan/php

go 1.19
