<?php

// PHP's classes of dates: made, changed, compared, shown, extended, and what they say of what they do not take.
set_error_handler(function ($number, $message) { echo "[$message]\n"; return true; });
function show(...$all) { foreach ($all as $v) echo is_object($v) ? print_r($v, true) : json_encode($v), "\n"; }
class I extends DateInterval { public $x = 1; }
$i = new I('P1D'); show($i); $i->d = "7"; $i->f = "0.5"; $i->invert="1"; $i->h = 1; $i->h += 2; $i->y++; show($i); show($i->d, isset($i->d), isset($i->days)); foreach ($i as $k => $v) echo $k, ' '; 
echo json_encode(get_object_vars($i)), json_encode($i), "\n";
$s = DateInterval::createFromDateString('1 day + 2 hours'); show($s->d, $s->h, $s->days, isset($s->d)); echo json_encode($s), json_encode(get_object_vars($s)), $s->format('%d %h %a %%'), "\n"; foreach ($s as $k=>$v) echo "$k "; var_export($s); var_export(new DateInterval('P1D'));
try { new DateInterval('foo'); } catch (Exception $e) { echo $e->getMessage(); }
show(DateInterval::createFromDateString('foo'));
class D extends DateTimeImmutable { public $q = 5; protected $r=[1]; function __construct($t='now', $z=null) { parent::__construct($t,$z);} static function at(string $t): static { return new static($t); } function next(): static { return $this->modify('+1 day'); } }
$d = new D('2020-01-01'); $e = $d->add(new DateInterval('P1D')); show($e); show(get_class(D::createFromInterface(new DateTime('2020-01-02'))), $d < $e, $d == new DateTime('2020-01-01'), $d <=> $e, json_encode($d), D::at('2020-02-28')->next()->next()->format('c'));
class B extends DateTime { function __construct() {} }
$b = new B; try { $b->format('Y'); } catch (Error $e) { echo $e->getMessage(), "\n"; } show($b); 
try { (new DateTime('now'))->add(1); } catch (Error $e) { echo $e->getMessage(), "\n"; }
show((new DateTime('2020-01-31'))->modify('foo'));
show(new DateInterval('P1D') == new DateInterval('P1D'));
echo (new DateTime('2020-01-01'))->setTime(10,5,3,55)->format('H:i:s.u v'), "\n"; 
try { echo new DateTime('@1'); } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { new DateTime([]);  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { new DateTime("now", "UTC");  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x=(new DateTime("now"))->format();  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x=(new DateTime("now"))->format("Y", 2);  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x=(new DateTime("now"))->setTime("x", 2);  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x=(new DateTime("now"))->setTime(1);  } catch (Error $e) { echo $e->getMessage(), "\n"; }
try { $x=(new DateTime("now"))->nope(1);  } catch (Error $e) { echo $e->getMessage(), "\n"; }
$d = new DateTime('2021-01-01'); $d->foo = 1; show($d); $c = clone $d; show($c == $d, $c); print_r(new DateTimeZone('Europe/Berlin')); show(new DateTimeZone('UTC')==new DateTimeZone('UTC'));
show(new DateTimeImmutable(timezone: new DateTimeZone('Asia/Tokyo'), datetime: '2020-01-01'), DateTime::ATOM, DateTimeInterface::RFC7231, D::COOKIE, $d instanceof DateTimeInterface);
echo serialize($d), serialize(new D('2020-01-01')), serialize(new DateTimeZone('+02:00')), "\n"; show(unserialize(serialize($d)) == $d, unserialize(serialize(new D('2020-05-05'))));
var_export(new DateTime('2020-01-01')); var_export([new DateTimeZone('EST')]); show((array)new DateTime('@0'));
foreach (['P','PT','P1','P1DT','P1D1Y','p1d','PT36H','P1.5D','P2W3D','P1W','P1Y2M3DT4H5M6S','P0001-02-03T04:05:06','P1-02-03T04:05:06','PT1H1H','P1DT1D','P99999999999D',' P1D','P1D ','','P0001-13-03T04:05:06','PT0S','PT1S2M','P1M2Y','P1D2W','P-1D','P+1D','P0001-02-03'] as $t) { try { $i=new DateInterval($t); echo $t, ' => ', json_encode($i), "\n"; } catch (Exception $e) { echo $e->getMessage(), "\n"; } }
$i = new DateInterval('P1Y2M3DT4H5M6S'); $i->f=0.012345; $i->invert=1;
echo $i->format('%Y|%y|%M|%m|%D|%d|%H|%h|%I|%i|%S|%s|%F|%f|%a|%R|%r|%%|%q|%'), "\n";
$a=new DateTimeImmutable('2020-01-31'); 
foreach (['last day of next month','first monday of','+1 weekday','monday next week','10 days ago', '+1 month -1 day','last friday'] as $t) { $x=DateInterval::createFromDateString($t); echo $t,': ',$a->add($x)->format('c'),' '; echo $a->sub($x)->format('c'), json_encode([$x->y,$x->m,$x->d,$x->h,$x->days]),"\n"; }
$list = [new DateTime('2020-03-01'), new DateTimeImmutable('2019-03-01'), new DateTime('2021-01-01')]; sort($list); foreach ($list as $l) echo $l->format('Y '), get_class($l), "\n"; echo max($list)->format('c'), "\n";
date_default_timezone_set('Europe/Berlin');
$zones = ['UTC', 'Europe/Berlin', 'America/New_York', '+05:30', 'EST', 'Asia/Tokyo'];
$texts = ["2020-01-31", "2020-02-29 23:59:59.999999", "2021-03-28 02:30", "2021-10-31 02:30", "1999-12-31T23:59:59Z", "-0044-03-15", "+12345-01-01", "@86400", "@-1.5", "2020-W10-3", "2020.123", "1 January 2021", "Jan 5, 2020 3:04 pm", "10/12/2020", "20200102T030405", "2020-01-01T10:00:00.123+02:00", "12.11.2020 13:14", "Sat, 30 Apr 2016 17:52:13 GMT", "2016-04-30T17:52:13+01:00", "10/Oct/2000:13:55:36 -0700", "2008-06","May-09-78","78-Dec-22","1814-MAY-17","2008:08:07 18:11:31","2008-07-01T22:35:17.02","2020-01-01 00:00 foo","2020-02-30","foo","2020-13-45","2020-01-01 +99","2020-01-01 Etc/GMT+5","2020-01-01 24:00:00","2020-01-01 10:00:60","2020-06-15 UTC+3","2020-06-15 10:00 Europe/Paris", "last day of february 2024","first monday of january 2022","last friday of next month 2020-01-15","monday 2020-01-15","2020-01-15 monday next week","2020-01-15 +2 weeks 3 days","2020-01-15 3 days ago","2020-01-15 noon","2020-01-15 back of 7pm","2020-01-15 front of 5am","2020-01-15 tomorrow 11:00","2020-01-15 +3 weekdays","2020-01-15 -8 weekdays","2020-01-15 third tuesday of march 2020","2020-01-15 -1 sec +2 usec","2020-01-15 12:00:00 -1 week -1 month","2020-01-15 +-+3 day","2020-01-15 sat","2020-01-15 last sunday","2020-01-15 sunday this week","2020-01-15 previous month","2020-01-15 eighth day","2020-01-15 1 fortnight ago","00:00:00.5 2020-01-01","2020-01-15\t10:00"," 2020-01-15 ", "2020-01-15 t1015", "2020-01-15 101112","2020-01-15, 10:00", "Thu, 21 Dec 2000 16:01:07 +0200 (EET)", "2020-1-5", "1-5-2020", "20-1-5","2020-01-15 10:00 10:00","2020-01-15 2020-01-16","10.11.2012","2020-10-25 00:30 +2 hours","2020-03-29 00:30 +2 hours", "2020-03-29 01:30 +1 day","2010-02-30 mon"];
foreach ($texts as $t) {
  try { $d = new DateTime($t); $s = preg_match('/^\d\d:|pm|EST|foo|5 Feb|XIV|4.1|Oct 08|now/', $t) ? $d->format('H:i:s e') : $d->format('x-m-d H:i:s.u e T P I o-W N z U c r'); echo "$t => $s\n"; }
  catch (Exception $e) { echo "$t: ", get_class($e), ' ', $e->getMessage(), "\n"; }
  echo json_encode(DateTime::getLastErrors()), "\n";
}
foreach ($zones as $z) { $zone = new DateTimeZone($z);
 foreach (["2021-03-14 02:30:00", "2021-11-07 01:30:00", "2021-07-01 12:00:00", "1900-01-01"] as $t) { $d = new DateTimeImmutable($t, $zone); echo $d->format('c e T I Z U'), ' ', $d->getOffset(), ' ', $d->getTimezone()->getName(), ' ', $zone->getOffset($d), "\n";
  foreach ($zones as $y) echo $d->setTimezone(new DateTimeZone($y))->format(DateTimeInterface::COOKIE), '; ';
  foreach (['+1 day','+36 hours','-1 month','last day of this month','monday','@0','11:15','2000-02-29','+90 minutes','first day of next year midnight','-3 weekdays'] as $m) echo $d->modify($m)->format(DATE_RFC3339_EXTENDED), ' '; echo "\n";
  echo $d->setDate(2020, 14, -3)->format('c'), $d->setISODate(2020, 53, 7)->format('c'), $d->setISODate(2021, 1)->format('c'), $d->setTime(25, 61, -5, 7)->format('c u'), $d->setTimestamp(-1)->format('c'), "\n"; } }

date_default_timezone_set('UTC');
mt_srand(5);
$zones = ['UTC', 'Europe/Berlin', 'America/New_York', '+05:30', 'EST'];
$pts = [1616893200, 1635642000, 1615705200, 1636264800, 1582934400, 0, 1577836799, 1580515200, 951782400, -62198755200];
$iv = ['P1D','P1M','P1Y2M10DT2H30M','PT36H','PT90M','P6W','P1MT1H','PT1S','P1Y','P400D','PT24H'];
$out=[];
for ($n = 0; $n < 40; $n++) {
  $z1 = new DateTimeZone($zones[mt_rand(0,4)]); $z2 = mt_rand(0,3) ? $z1 : new DateTimeZone($zones[mt_rand(0,4)]);
  $t1 = $pts[mt_rand(0,9)] + mt_rand(-180000, 180000); $t2 = mt_rand(0,2) ? $t1 + mt_rand(-200000,200000) : $pts[mt_rand(0,9)] + mt_rand(-9000000, 9000000);
  if (mt_rand(0,1)) { $t1 -= $t1 % 1800; $t2 -= $t2 % 1800; }
  $a = (new DateTimeImmutable('2000-01-01', $z1))->setTimestamp($t1); $b = (new DateTimeImmutable('2000-01-01', $z2))->setTimestamp($t2);
  if (mt_rand(0,5)==0) $a = $a->modify(mt_rand(0,999999) . ' usec');
  $d = $a->diff($b); 
  echo $a->format('c'), ' ', $b->format('c'), ' DIFF ', $d->format('%R %y %m %d %h %i %s %f %a'), "\n";
  echo $a->format('c'), ' ', json_encode($d), ' ADD ', $a->add($d)->format('c u'), ' SUB ', $b->sub($d)->format('c u'), "\n";
  $i = new DateInterval($iv[mt_rand(0,10)]); if (mt_rand(0,3)==0) $i->invert=1; if (mt_rand(0,3)==0) $i->f=0.25;
  echo $a->format('c'), ' ', $i->format('%R%y-%m-%d %h:%i:%s.%F'), ' IADD ', $a->add($i)->format('c u'), ' ISUB ', $a->sub($i)->format('c u'), "\n";
  foreach (['+1 day','+25 hours','-90 minutes','02:30','+1 month','last day of','-1 week','1 hour ago','sunday 01:30', '+30 minutes'] as $m) if (mt_rand(0,3)==0) echo $a->format('c'), ' ', $m, ' MOD ', $a->modify($m)->format('c'), "\n";
}
