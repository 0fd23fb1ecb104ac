<?php
// Keys and values run before the place within an array is found that they write to.

class Memo {
    private $kept = ['sum' => []];
    private $depth = 0;

    public function sum(int $n) {
        if (isset($this->kept['sum'][$n])) {
            return $this->kept['sum'][$n];
        }
        $this->kept['sum'][$n] = $n < 2 ? $n : $this->sum($n - 1) + $this->sum($n - 2);
        return $this->kept['sum'][$n];
    }

    private function next(): string {
        $this->kept = ['sum' => ['fresh' => true]];
        return 'deep' . ++$this->depth;
    }

    public function fill() {
        $this->kept['sum'][$this->next()] = $this->next();
        return $this->kept;
    }
}

function swap(array &$what): string {
    $what = [1, 2, 3];
    return 'key';
}

$memo = new Memo();
echo $memo->sum(9), "\n";
echo json_encode($memo->fill()), "\n";

function local() {
    $all = ['old' => 1];
    $all['in'][swap($all)] = 5;
    echo json_encode($all), "\n";
    $all['in'][strtoupper('k')] = count($all);
    echo json_encode($all), "\n";
}
local();
