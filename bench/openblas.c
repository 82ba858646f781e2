/* A dense layer in OpenBLAS, float32, one thread: y = x Wᵀ, and backward x̄ = ȳ W, W̄ = ȳᵀ x.
 * Reads lines "n batch seconds"; answers with the median seconds of a forward and of a forward and
 * backward. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *vector(size_t count) {
  float *v;
  if (posix_memalign((void **)&v, 4096, count * sizeof(float)) != 0) abort();
  unsigned state = 1;
  for (size_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    v[i] = (float)state / 4294967296.0f - 0.5f;
  }
  return v;
}

static int n, batch;
static float *x, *y, *w, *gx, *gw;

static void forward(void) {
  if (batch == 1) cblas_sgemv(CblasRowMajor, CblasNoTrans, n, n, 1, w, n, x, 1, 0, y, 1);
  else cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, n, n, 1, x, n, w, n, 0, y, n);
}

static void train(void) {
  forward(); /* y then serves as its own cotangent */
  if (batch == 1) {
    cblas_sgemv(CblasRowMajor, CblasTrans, n, n, 1, w, n, y, 1, 0, gx, 1);
    memset(gw, 0, (size_t)n * n * sizeof(float));
    cblas_sger(CblasRowMajor, n, n, 1, y, 1, x, 1, gw, n);
  } else {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, n, n, 1, y, n, w, n, 0, gx, n);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, batch, 1, y, n, x, n, 0, gw, n);
  }
}

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return d < 0 ? -1 : d > 0;
}

#define MOST 100000
#define LEAST_SAMPLE 20e-6 /* seconds: short runs are sampled several at a time */
static double times[MOST];

static double median(void (*run)(void), double seconds) {
  double first = now();
  run();
  double start = now();
  int count = 0, runs = 1;
  while (runs * (start - first) < LEAST_SAMPLE && runs < 1000) runs *= 2;
  do {
    double before = now();
    for (int k = 0; k < runs; k++) run();
    times[count++] = (now() - before) / runs;
  } while (count < MOST && (now() - start < seconds || count < 2));
  qsort(times, count, sizeof(double), ascending);
  return times[count / 2];
}

int main(void) {
  double seconds;
  openblas_set_num_threads(1);
  while (scanf("%d %d %lf", &n, &batch, &seconds) == 3) {
    size_t rows = (size_t)batch * n, square = (size_t)n * n;
    x = vector(rows), y = vector(rows), gx = vector(rows), w = vector(square), gw = vector(square);
    double f = median(forward, seconds / 3), t = median(train, seconds * 2 / 3);
    printf("%.9g %.9g\n", f, t);
    fflush(stdout);
    free(x), free(y), free(gx), free(w), free(gw);
  }
  return 0;
}
