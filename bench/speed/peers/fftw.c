/*
 * FFTW in single precision, one thread, the peer of bench/speed/fft.ts. Shape: [sections] rows columns.
 *   fftw check SHAPE   reads a real array from stdin, writes its half spectrum to stdout
 *   fftw time SHAPE    with measured plans; answers each line "forward N" or "inverse N" on stdin with a line: wall and
 *                      processor milliseconds of one transform, the mean of N (copying the inverse's input not counted)
 */
#include <fftw3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int shape[3], rank;
static size_t samples, coefficients;
static float *real;
static fftwf_complex *spectrum, *original;

static double milliseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static int check(void) {
  fftwf_plan plan = fftwf_plan_dft_r2c(rank, shape, real, spectrum, FFTW_ESTIMATE);
  if (fread(real, sizeof(float), samples, stdin) != samples) return 1;
  fftwf_execute(plan);
  return fwrite(spectrum, sizeof(fftwf_complex), coefficients, stdout) == coefficients ? 0 : 1;
}

static void answer(fftwf_plan plan, int count, int inverse) {
  double wall = 0, processor = 0;
  for (int i = 0; i < count; i++) {
    /* the inverse of several dimensions destroys its input */
    if (inverse) memcpy(spectrum, original, coefficients * sizeof(fftwf_complex));
    const double wallStart = milliseconds(CLOCK_MONOTONIC);
    const double processorStart = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    fftwf_execute(plan);
    processor += milliseconds(CLOCK_PROCESS_CPUTIME_ID) - processorStart;
    wall += milliseconds(CLOCK_MONOTONIC) - wallStart;
  }
  printf("%.9g %.9g\n", wall / count, processor / count);
  fflush(stdout);
}

static int timing(void) {
  fftwf_plan forward = fftwf_plan_dft_r2c(rank, shape, real, original, FFTW_MEASURE | FFTW_PRESERVE_INPUT);
  fftwf_plan inverse = fftwf_plan_dft_c2r(rank, shape, spectrum, real, FFTW_MEASURE);
  for (size_t i = 0; i < samples; i++) real[i] = rand() / (float)RAND_MAX - 0.5f;
  fftwf_execute(forward);
  char direction[16];
  int count;
  while (scanf("%15s %d", direction, &count) == 2) {
    answer(direction[0] == 'i' ? inverse : forward, count, direction[0] == 'i');
  }
  return 0;
}

int main(int count, char **arguments) {
  rank = count - 2;
  if (rank < 1 || rank > 3) return 2;
  samples = coefficients = 1;
  for (int i = 0; i < rank; i++) {
    shape[i] = atoi(arguments[i + 2]);
    samples *= shape[i];
    coefficients *= i == rank - 1 ? shape[i] / 2 + 1 : shape[i];
  }
  real = fftwf_alloc_real(samples);
  spectrum = fftwf_alloc_complex(coefficients);
  original = fftwf_alloc_complex(coefficients);
  return strcmp(arguments[1], "check") == 0 ? check() : timing();
}
