# More cross tables for tests/association.rs: Rscript association.R > assoc_b.json (R 4.2.2, MASS, vcd, jsonlite).
# PEM after Cibois (1993), written out here: cell by cell, and of the table with rows and columns in the order of MASS::corresp.
suppressMessages({ library(MASS); library(vcd); library(jsonlite) })
pem <- function(n) {
  r <- rowSums(n); c <- colSums(n); total <- sum(n); e <- outer(r, c) / total; d <- n - e
  most <- ifelse(d >= 0, outer(r, c, pmin) - e, e - pmax(outer(r, c, `+`) - total, 0))
  order <- corresp(n, nf = 1)
  i <- order(order$rscore); j <- order(order$cscore)
  r <- r[i]; c <- c[j]
  diagonal <- outer(cumsum(r), cumsum(c), pmin)
  diagonal <- diagonal - rbind(0, diagonal[-nrow(diagonal), , drop = FALSE])
  diagonal <- diagonal - cbind(0, diagonal[, -ncol(diagonal), drop = FALSE])
  top <- diagonal - outer(r, c) / total
  list(cells = unname(d / most), table = sum(pmax(d, 0)) / sum(pmax(top, 0)))
}
tables <- list(
  jobs = matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4, byrow = TRUE),
  sparse = matrix(c(4, 0, 1, 2, 0, 5, 1, 0, 1, 0, 6, 1), 3, byrow = TRUE),
  wide = matrix(c(8, 3, 2, 9, 1, 0, 2, 7, 4, 1, 5, 6, 3, 3, 8, 2, 0, 4), 2, byrow = TRUE),
  eyes = matrix(c(68, 20, 15, 5, 119, 84, 54, 29, 26, 17, 14, 14, 7, 94, 10, 16), 4, byrow = TRUE),
  apart = matrix(c(12, 0, 0, 15), 2),
  against = matrix(c(2, 31, 136, 15), 2),
  zero = matrix(c(0, 6, 7, 9), 2),
  large = matrix(c(100210, 99790, 99500, 100900), 2)
)
one <- function(n) {
  s <- assocstats(as.table(n)); chi <- suppressWarnings(chisq.test(n, correct = FALSE))
  out <- list(rows = nrow(n), counts = as.vector(t(n)), chi2 = unname(chi$statistic), df = unname(chi$parameter), p = chi$p.value,
              G2 = s$chisq_tests[1, 1], v = s$cramer, contingency = s$contingency, least = min(chi$expected), pem = pem(n))
  if (sum(n) < 100) out$fisher <- fisher.test(n, workspace = 2e7)$p.value
  if (identical(dim(n), c(2L, 2L))) {
    f <- fisher.test(n)
    out$fisher <- f$p.value; out$odds_ratio <- unname(f$estimate); out$limits <- f$conf.int[1:2]
    out$yates <- unname(suppressWarnings(chisq.test(n)$statistic))
  }
  out
}
far <- expand.grid(statistic = c(.001, 1, 20, 250, 1200), freedom = c(1, 3, 40, 900))
cat(toJSON(list(case = "assoc_b", reference = "stats and vcd 1.4.11, R 4.2.2",
  tolerance = list(chi2 = "rel 1e-10", v = "abs 1e-9", p = "rel 1e-6", fisher = "rel 1e-6", odds_ratio = "rel 1e-4 (R's root finder)"),
  tables = lapply(tables, one),
  tail = cbind(far, p = mapply(function(s, f) pchisq(s, f, lower.tail = FALSE), far$statistic, far$freedom))),
  digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
