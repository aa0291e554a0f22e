# More small-number cases for tests/small_numbers.rs: Rscript small_numbers.R > small_numbers.json
# (R 4.2.2, epitools 0.5-10.1, spdep 1.2.7, classInt 0.4.9, jsonlite). What no package has is written out here from its formula.
suppressMessages({ library(epitools); library(spdep); library(classInt); library(jsonlite) })
set.seed(20260)
agresti_coull <- function(x, n, z) { m <- n + z^2; p <- (x + z^2 / 2) / m; h <- z * sqrt(p * (1 - p) / m); c(max(0, p - h), min(1, p + h)) }
jeffreys <- function(x, n, a) c(if (x == 0) 0 else qbeta(a / 2, x + .5, n - x + .5), if (x == n) 1 else qbeta(1 - a / 2, x + .5, n - x + .5))
proportion <- function(x, n, a) list(x = x, n = n, level = 1 - a,
  wilson = prop.test(x, n, conf.level = 1 - a, correct = FALSE)$conf.int[1:2], clopper_pearson = binom.test(x, n, conf.level = 1 - a)$conf.int[1:2],
  jeffreys = jeffreys(x, n, a), agresti_coull = agresti_coull(x, n, qnorm(1 - a / 2)))
byar <- function(x, z) c(if (x == 0) 0 else x * (1 - 1 / (9 * x) - z / (3 * sqrt(x)))^3, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1)))^3)
count <- function(x, a) list(x = x, level = 1 - a, garwood = poisson.test(x, conf.level = 1 - a)$conf.int[1:2], byar = byar(x, qnorm(1 - a / 2)))
coverage <- function(n, p) { x <- 0:n; of <- function(f) { l <- sapply(x, f); sum(dbinom(x, n, p)[l[1, ] <= p & p <= l[2, ]]) }
  list(n = n, p = p, jeffreys = of(function(x) jeffreys(x, n, .05)), agresti_coull = of(function(x) agresti_coull(x, n, qnorm(.975)))) }
dsr <- function(d, n, s, level) { a <- ageadjust.direct(d, n, stdpop = s, conf.level = level); w <- s / sum(s); v <- sum(w^2 * d / n^2)
  list(events = d, population = n, standard = s, level = level, crude = a[[1]], rate = a[[2]], variance = v, fay_feuer = unname(a[3:4]),
       dobson_exact = a[[2]] + sqrt(v / sum(d)) * (poisson.test(sum(d), conf.level = level)$conf.int[1:2] - sum(d))) }
# Empirical Bayes on a grid of 7 by 9 cells, queen neighbors, with cells that have no event.
nb <- cell2nb(7, 9, type = "queen"); population <- round(exp(rnorm(63, 5, 1))) + 1
events <- rpois(63, population * .02 * exp(rnorm(63, 0, .6))); global <- EBest(events, population)
bayes <- list(events = events, population = population, neighbors = lapply(nb, function(i) as.integer(i) - 1L),
  a = attr(global, "parameters")$a, b = attr(global, "parameters")$b, global = global$estmm,
  from_own_mean = EBlocal(events, population, nb, geoda = TRUE)$est, from_each_mean = EBlocal(events, population, nb)$est,
  relative_risk = probmap(events, population)$relRisk, pmap = probmap(events, population)$pmap)
# Spiegelhalter 2005, appendix: interpolated quantiles.
limit <- function(q, F, size, p) { r <- q(p); (r - (F(r) - p) / (F(r) - F(r - 1))) / size }
ps <- c(.001, .025, .975, .999)
funnel <- c(
  lapply(list(c(20, .22), c(71, .1), c(500, .22), c(4000, .05), c(60000, .3)), function(s) list(law = "binomial", size = s[1], reference = s[2],
    limits = sapply(ps, function(p) max(0, limit(function(p) qbinom(p, s[1], s[2]), function(r) pbinom(r, s[1], s[2]), s[1], p))))),
  lapply(list(c(3, 1), c(40, 1), c(900, .02), c(50000, .4)), function(s) list(law = "poisson", size = s[1], reference = s[2],
    limits = sapply(ps, function(p) max(0, limit(function(p) qpois(p, s[1] * s[2]), function(r) ppois(r, s[1] * s[2]), s[1], p))))))
z <- (c(12, 30, 9, 55, 41, 22, 18, 70, 3, 25, 16, 33) / 100 - .22) / sqrt(.22 * .78 / 100); z <- sort(z)
winsorized <- pmin(pmax(z, z[2]), z[11])
chances <- function(F, breaks) diff(c(0, F(breaks), 1)); breaks <- c(.1, .2, .3)
classes <- list(breaks = breaks, proportion = chances(function(b) pbeta(b, 7.5, 33.5), breaks), normal = chances(function(b) pnorm(b, .24, .05), breaks),
  rate = chances(function(b) pgamma(b, 12.5, 60), breaks))
values <- round(exp(rnorm(60, 3, 1)), 2)
cut <- list(values = values, q6 = unname(quantile(values, c(.05, .25, .5, .75, .95), type = 7)),
  head_tail = classIntervals(values, style = "headtails", thr = 1)$brks)
proportions <- list(c(0, 7), c(3, 3), c(1, 250), c(14, 31), c(622, 3100), c(17000, 64000))
out <- list(case = "small_numbers", reference = "stats, epitools 0.5-10.1, spdep 1.2.7, classInt 0.4.9, R 4.2.2",
  tolerance = list(proportions = "abs 1e-10", counts = "rel 1e-9", dsr = "rel 1e-8", bayes = "rel 1e-10", funnel = "abs 1e-9", classes = "abs 1e-12"),
  proportions = unlist(lapply(proportions, function(p) lapply(c(.1, .05, .002), function(a) proportion(p[1], p[2], a))), recursive = FALSE),
  counts = unlist(lapply(c(0, 2, 9, 11, 480, 52000), function(x) lapply(c(.1, .05, .002), function(a) count(x, a))), recursive = FALSE),
  coverage = list(coverage(12, .3), coverage(45, .08), coverage(300, .5)),
  dsr = list(dsr(c(0, 1, 0), c(40, 60, 55), c(300, 200, 500), .95), dsr(c(3, 9, 22, 41), c(800, 950, 620, 210), c(26, 31, 28, 15), .998)),
  bayes = bayes, funnel = funnel, overdispersion = list(events = c(12, 30, 9, 55, 41, 22, 18, 70, 3, 25, 16, 33), size = 100, reference = .22, phi = mean(winsorized^2)),
  classes = classes, cut = cut)
cat(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = FALSE), "\n")
