// The inverse functions of trigonometry that SQLite offers to SQL, in place of the C library's.
//
// The C library brings each four times over with tables of 200 KB in all, which this program would hold for statements
// that nobody writes. The processor has them: FPATAN gives an angle with 64 bits of mantissa (Intel's manual, volume 1,
// 8.3.8), so that what is rounded to a double is within one unit of its last place. Where there is no x87 the C
// library's own are linked.
#if defined(__x86_64__)

// Declared by <math.h>, too.
double atan2(double y, double x);
double atan(double x);
double asin(double x);
double acos(double x);

// The angle of the point (x, y), -pi to pi; NaN where one is.
static double angle(long double y, long double x) {
  long double result;
  __asm__("fpatan" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
  return (double)result;
}

// The other side in a circle of radius 1; NaN outside of it.
static long double other_side(long double x) {
  long double result;
  __asm__("fsqrt" : "=t"(result) : "0"((1 - x) * (1 + x)));
  return result;
}

double atan2(double y, double x) { return angle(y, x); }
double atan(double x) { return angle(x, 1); }
double asin(double x) { return angle(x, other_side(x)); }
double acos(double x) { return angle(other_side(x), x); }

#endif
