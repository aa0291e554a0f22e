"""The reference of src/stats/mean.rs: Student's and Welch's figures by Simpson's rule on the t density, standard library only."""
import math


def density(x, v):
    return math.exp(math.lgamma((v + 1) / 2) - math.lgamma(v / 2)) / math.sqrt(v * math.pi) * (1 + x * x / v) ** (-(v + 1) / 2)


def below(x, v, n=20_000):
    h = x / n
    inner = sum(density(i * h, v) * (4 if i % 2 else 2) for i in range(1, n))
    return 0.5 + (density(0, v) + density(x, v) + inner) * h / 3


def quantile(p, v):
    low, high = 0.0, 100.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, v) < p else (low, middle)
    return low


def moments(values):
    mean = sum(values) / len(values)
    return len(values), mean, sum((x - mean) ** 2 for x in values) / (len(values) - 1)


a, b = [3, 5, 8, 12, 20], [1, 4, 6, 7]
(na, ma, va), (nb, mb, vb) = moments(a), moments(b)
half = quantile(0.975, na - 1) * math.sqrt(va / na)
print("student", ma - half, ma + half)
ea, eb = va / na, vb / nb
error = math.sqrt(ea + eb)
freedom = (ea + eb) ** 2 / (ea**2 / (na - 1) + eb**2 / (nb - 1))
half = quantile(0.975, freedom) * error
print("welch", ma - mb - half, ma - mb + half, "p", 2 * (1 - below(abs(ma - mb) / error, freedom)))
