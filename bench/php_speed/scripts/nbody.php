<?php
// Planets that attract each other: floats in objects.
final class Body
{
    public function __construct(
        public float $x, public float $y, public float $z,
        public float $vx, public float $vy, public float $vz, public float $mass
    ) {
    }
}

/** @param list<Body> $bodies */
function energy(array $bodies): float
{
    $e = 0.0;
    $count = count($bodies);
    for ($i = 0; $i < $count; $i++) {
        $b = $bodies[$i];
        $e += 0.5 * $b->mass * ($b->vx * $b->vx + $b->vy * $b->vy + $b->vz * $b->vz);
        for ($j = $i + 1; $j < $count; $j++) {
            $o = $bodies[$j];
            $dx = $b->x - $o->x;
            $dy = $b->y - $o->y;
            $dz = $b->z - $o->z;
            $e -= $b->mass * $o->mass / sqrt($dx * $dx + $dy * $dy + $dz * $dz);
        }
    }
    return $e;
}

/** @param list<Body> $bodies */
function advance(array $bodies, float $dt): void
{
    $count = count($bodies);
    for ($i = 0; $i < $count; $i++) {
        $b = $bodies[$i];
        for ($j = $i + 1; $j < $count; $j++) {
            $o = $bodies[$j];
            $dx = $b->x - $o->x;
            $dy = $b->y - $o->y;
            $dz = $b->z - $o->z;
            $d = $dx * $dx + $dy * $dy + $dz * $dz;
            $mag = $dt / ($d * sqrt($d));
            $b->vx -= $dx * $o->mass * $mag;
            $b->vy -= $dy * $o->mass * $mag;
            $b->vz -= $dz * $o->mass * $mag;
            $o->vx += $dx * $b->mass * $mag;
            $o->vy += $dy * $b->mass * $mag;
            $o->vz += $dz * $b->mass * $mag;
        }
    }
    foreach ($bodies as $b) {
        $b->x += $dt * $b->vx;
        $b->y += $dt * $b->vy;
        $b->z += $dt * $b->vz;
    }
}

$bodies = [
    new Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47),
    new Body(4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.0377),
    new Body(8.34, 4.12, -0.4, -1.01, 1.82, 0.008, 0.0113),
    new Body(12.89, -15.11, -0.22, 1.08, 0.868, -0.01, 0.0017),
    new Body(15.37, -25.9, 0.179, 0.979, 0.594, -0.034, 0.002),
];
printf("%.9f\n", energy($bodies));
for ($i = 0; $i < 20000; $i++) {
    advance($bodies, 0.01);
}
printf("%.9f\n", energy($bodies));
