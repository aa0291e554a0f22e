# Moran, local Moran and Gi* of a column over the outlines of a file, for tests/spatial/liege.rs: Rscript spatial_liege.R FILE COLUMN
# Writes JSON: queen neighbors of all units (numbered from 0, in the file's order) and what spdep finds over the units with a value.
suppressMessages({ library(sf); library(spdep); library(jsonlite) })
arguments <- commandArgs(trailingOnly = TRUE)
units <- st_read(arguments[1], quiet = TRUE)
queen <- poly2nb(units, queen = TRUE)
x <- units[[arguments[2]]]
known <- subset(queen, !is.na(x)); x <- x[!is.na(x)]
w <- nb2listw(known, style = "W", zero.policy = TRUE)
star <- nb2listw(include.self(known), style = "B", zero.policy = TRUE)
m <- moran.test(x, w, zero.policy = TRUE, adjust.n = FALSE)
l <- localmoran(x, w, zero.policy = TRUE)
cat(toJSON(list(
  neighbors = lapply(queen, function(j) I(if (identical(as.integer(j), 0L)) integer() else j - 1)),
  islands = I(which(card(known) == 0) - 1),
  moran = list(stat = unname(m$estimate[1]), expectation = unname(m$estimate[2]), variance = unname(m$estimate[3]),
               z = unname(m$statistic), p = unname(m$p.value)),
  Ii = l[, 1], expectation = l[, 2], variance = l[, 3], z = l[, 4], p = l[, 5], quadrant = as.character(attr(l, "quadr")$pysal),
  gi_star = as.vector(localG(x, star, zero.policy = TRUE))), digits = NA, auto_unbox = TRUE, na = "null"), "\n")
