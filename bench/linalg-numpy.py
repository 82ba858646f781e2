# Microseconds of CPU time for one matrix, of NumPy on one thread: bench/linalg.ts. Prints JSON.
import json
import statistics
import time

import numpy as np

L = np.linalg
rng = np.random.default_rng(0)
result = {}
for n in (8, 16, 32, 64):
    count = 2**17 // n**2
    a = rng.standard_normal((count, n, n))
    b = rng.standard_normal((count, n, 4))
    definite = a @ a.transpose(0, 2, 1) + n * np.eye(n)
    jobs = {
        "solve": lambda: L.solve(a, b),
        "inverse": lambda: L.inv(a),
        "det": lambda: L.det(a),
        "cholesky": lambda: L.cholesky(definite),
        "qr": lambda: L.qr(a),
        "eigh": lambda: L.eigh(definite),
        "svd": lambda: L.svd(a, full_matrices=False),
        "pinv": lambda: L.pinv(a),
    }
    for name, job in jobs.items():
        times = []
        for _ in range(15):
            start = time.process_time()
            job()
            times.append(time.process_time() - start)
        result[f"{name} {n}"] = statistics.median(times) / count * 1e6
print(json.dumps(result))
