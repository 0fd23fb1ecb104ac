<?php
// Many small objects that refer to each other, and recursion.
class Node
{
    public ?Node $left = null;
    public ?Node $right = null;
}

function grown(int $depth): Node
{
    $node = new Node();
    if ($depth > 0) {
        $node->left = grown($depth - 1);
        $node->right = grown($depth - 1);
    }
    return $node;
}

function nodes(Node $node): int
{
    return $node->left === null ? 1 : 1 + nodes($node->left) + nodes($node->right);
}

$total = 0;
for ($i = 0; $i < 20; $i++) {
    $total += nodes(grown(13));
}
echo "$total\n";
