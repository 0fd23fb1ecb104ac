<?php
new A()->b()->c; new A(1)::D; new class {}->e(); new A()(); exit(status: 1);