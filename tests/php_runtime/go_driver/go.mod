module driver

go 1.19

require banyan/php v0.0.0

replace banyan/php => ../../../runtimes/go/php
