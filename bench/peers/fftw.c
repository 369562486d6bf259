/* FFTW float32, measured plans, one thread: fftw ROUNDS INNER [SECTIONS] ROWS COLUMNS prints seconds of ROUNDS rounds
 * of INNER transforms, forward then inverse. With input on stdin (option -check) it writes the half spectrum instead. */
#include <fftw3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **arguments) {
  if (count < 5) return 2;
  const int check = strcmp(arguments[1], "-check") == 0;
  const int rounds = atoi(arguments[1]), inner = atoi(arguments[2]), rank = count - 3;
  int shape[3];
  size_t lines = 1;
  for (int i = 0; i < rank; i++) shape[i] = atoi(arguments[3 + i]);
  for (int i = 0; i < rank - 1; i++) lines *= shape[i];
  const size_t columns = shape[rank - 1], half = columns / 2 + 1;
  float *real = fftwf_alloc_real(lines * columns);
  fftwf_complex *spectrum = fftwf_alloc_complex(lines * half);
  const unsigned effort = check ? FFTW_ESTIMATE : FFTW_MEASURE;
  fftwf_plan forward = fftwf_plan_dft_r2c(rank, shape, real, spectrum, effort | FFTW_PRESERVE_INPUT);
  if (check) {
    if (fread(real, 4, lines * columns, stdin) != lines * columns) return 1;
    fftwf_execute(forward);
    return fwrite(spectrum, 8, lines * half, stdout) == lines * half ? 0 : 1;
  }
  fftwf_plan inverse = fftwf_plan_dft_c2r(rank, shape, spectrum, real, effort);
  for (int direction = 0; direction < 2; direction++) {
    srand(1);
    for (size_t i = 0; i < lines * columns; i++) real[i] = rand() / (float)RAND_MAX - 0.5f;
    for (size_t i = 0; i < 2 * lines * half; i++) ((float *)spectrum)[i] = rand() / (float)RAND_MAX - 0.5f;
    for (int round = -1; round < rounds; round++) {
      const double start = seconds();
      for (int i = 0; i < inner; i++) fftwf_execute(direction ? inverse : forward);
      if (round >= 0) printf("%.9g ", (seconds() - start) / inner);
    }
    printf("\n");
  }
  return 0;
}
