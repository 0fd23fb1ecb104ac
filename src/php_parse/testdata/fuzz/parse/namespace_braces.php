<?php
declare(strict_types=1);
namespace A { f(); }
namespace { g(); }