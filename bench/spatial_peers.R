# Moran's I by permutation with spdep: Rscript spatial_peers.R NEIGHBORS VALUES PERMUTATIONS
# Loading and reading are not timed. Prints one JSON line: CPU seconds, user and system, the statistic and the upper p.
suppressMessages(library(spdep))
given <- commandArgs(TRUE)
neighbors <- lapply(strsplit(readLines(given[1]), " "), function(line) if (length(line)) sort(as.integer(line)) + 1L else 0L)
class(neighbors) <- "nb"
attr(neighbors, "region.id") <- as.character(seq_along(neighbors))
weights <- nb2listw(neighbors, zero.policy = TRUE)
values <- as.numeric(readLines(given[2]))
set.seed(20031)
used <- system.time(test <- moran.mc(values, weights, nsim = as.integer(given[3]), zero.policy = TRUE))
cat(sprintf(
  '{"cpu": %.3f, "statistic": %.12f, "p": %.8f}\n',
  sum(used[c("user.self", "sys.self", "user.child", "sys.child")]), test$statistic, test$p.value
))
