<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title><?php echo $CONFIG['site_name']; ?></title>
  <link rel="stylesheet" href="/assets/app.css">
</head>
<body>
  <header><img src="/assets/logo.svg" alt="" width="40" height="40"><h1><?= $CONFIG['site_name'] ?></h1></header>
<?php if (isset($_SESSION['name'])): ?>
  <p>Signed in as <b><?= htmlspecialchars($_SESSION['name']) ?></b>.</p>
<?php else: ?>
  <p>You are not signed in.</p>
<?php endif; ?>
  <table>
    <tr><th>Id</th><th>Name</th><th>Score</th></tr>
<?php foreach ($top as $row) { ?>
    <tr><td><a href="/user/profile?id=<?= $row['id'] ?>"><?= $row['id'] ?></a></td><td><?= htmlspecialchars($row['name']) ?></td><td><?= score_text($row['score']) ?></td></tr>
<?php } ?>
  </table>
  <footer>Visit <?= $visits ?> of this session.</footer>
</body>
</html>
