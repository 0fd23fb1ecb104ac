<h1><?= $title, 1 ?></h1>
<?php if ($a): ?>yes
<?php else: ?>no<?php endif ?>
<?php echo 1;