<p>Hello <?= htmlspecialchars($name) ?>, <?= $count ?? 'none' ?>
<?php foreach ([1, 2] as $i): ?>
 <b><?= $i ?></b>
<?php endforeach ?>
</p>
<?php
$set = 'by the template';
return strlen($name);
