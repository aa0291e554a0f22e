# The synthetic index and rank correlations for tests/difficulty: Rscript composite.R > composite.json (R 4.2.2, jsonlite).
# The axis by prcomp, the ranks by the formula of the English Indices of Deprivation, written out here over base R.
suppressMessages(library(jsonlite))
transformed <- function(r) -23 * log(1 - r * (1 - exp(-100 / 23)))
spread <- function(x) sqrt(mean((x - mean(x))^2))
axis_index <- function(x, sign, weights) {
  z <- sweep(sweep(x, 2, colMeans(x)), 2, apply(x, 2, spread), "/")
  z <- sweep(z, 2, sign, "*")
  pca <- prcomp(sweep(z, 2, sqrt(weights), "*"), center = FALSE)
  score <- pca$x[, 1] / spread(pca$x[, 1])
  loadings <- as.vector(cor(z, score))
  turn <- if (sum(weights * loadings) < 0) -1 else 1
  score <- unname(turn * score)
  values <- pca$sdev^2 * (nrow(x) - 1) / nrow(x)
  list(weights = weights, scores = score, hundred = 100 * (score - min(score)) / (max(score) - min(score)), ranks = rank(-score),
       loadings = turn * loadings, contributions = as.vector(pca$rotation[, 1]^2), eigenvalues = values, share = values[1] / sum(values))
}
rank_index <- function(x, sign, weights, domain, domains, ranked) {
  n <- nrow(x); x <- sweep(x, 2, sign, "*")
  z <- if (ranked) apply(x, 2, rank) / n else apply(x, 2, function(v) (v - mean(v)) / spread(v))
  by_domain <- sapply(seq_along(domains), function(d) {
    own <- which(domain == d)
    rank(round(as.vector(z[, own, drop = FALSE] %*% weights[own]) / sum(weights[own]), 10))
  })
  score <- as.vector(transformed(by_domain / n) %*% domains) / sum(domains)
  ranks <- rank(-round(score, 9))
  list(scores = score, ranks = ranks, deciles = ceiling(10 * ranks / n), domain_ranks = t(n + 1 - by_domain))
}
compare <- function(a, b) list(change = b - a, spearman = cor(a, b, method = "spearman"), kendall = cor(a, b, method = "kendall"))
# Events of the decathlon as indicators: a longer time is worse, a longer throw is better.
athletes <- as.matrix(read.csv("data/decathlon.csv", row.names = 1, check.names = FALSE)[, 1:10])
dimnames(athletes) <- NULL
sign <- c(1, -1, -1, -1, 1, 1, -1, -1, -1, 1)
weights <- c(1, 2, 1, .5, 1, 1.5, 1, 1, 3, 1)
domain <- c(1, 2, 3, 2, 1, 1, 3, 2, 3, 4); domains <- c(3, 2, 2, .5)
decathlon <- list(
  axis = axis_index(athletes, sign, rep(1, 10)), axis_weighted = axis_index(athletes, sign, weights),
  ranks = rank_index(athletes, sign, weights, domain, domains, TRUE),
  values = rank_index(athletes, sign, weights, domain, domains, FALSE),
  own_domains = rank_index(athletes, sign, rep(1, 10), 1:10, weights, TRUE))
without <- function(j) {
  kept <- setdiff(1:10, j); own <- sort(unique(domain[kept]))
  list(axis = compare(decathlon$axis$ranks, axis_index(athletes[, kept], sign[kept], rep(1, 9))$ranks),
       values = compare(decathlon$values$ranks,
                        rank_index(athletes[, kept], sign[kept], weights[kept], match(domain[kept], own), domains[own], FALSE)$ranks))
}
decathlon$without <- lapply(1:10, without)
pairs <- list(
  plain = list(x = c(3.1, 2.2, 9.4, 5, 7.7, 1.2, 6), y = c(2, 3, 8, 9, 5, 1, 4)),
  ties = list(x = c(1, 1, 2, 3, 3, 3, 4, 5, 5, 9), y = c(2, 1, 2, 2, 5, 5, 4, 4, 4, 0)),
  against = list(x = c(1, 2, 3, 4), y = c(8, 6, 4, 2)),
  two_values = list(x = c(0, 1, 0, 1, 1, 0, 0, 1, 0), y = c(3, 5, 5, 9, 2, 1, 1, 9, 4)))
set.seed(8); pairs$long <- list(x = round(rnorm(300), 1), y = round(rnorm(300), 1))
pairs <- lapply(pairs, function(p) c(p, spearman = cor(p$x, p$y, method = "spearman"), kendall = cor(p$x, p$y, method = "kendall")))
steps <- c(0, .01, .1, .25, .5, .75, .9, .99, 1)
cat(toJSON(list(case = "composite", reference = "R 4.2.2: prcomp, rank, cor", tolerance = list(all = "abs 1e-9", correlation = "abs 1e-13"),
  decathlon = decathlon, pairs = pairs, transformed = list(rank = steps, value = transformed(steps))),
  auto_unbox = TRUE, digits = NA), "\n")
