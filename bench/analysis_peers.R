# Multiple correspondence analysis by FactoMineR: Rscript analysis_peers.R SURVEY.csv
# Loading and reading are not timed. Prints one JSON line: CPU seconds, user and system, and the eigenvalues.
suppressMessages(library(FactoMineR))
answers <- read.csv(commandArgs(TRUE)[1])
answers[] <- lapply(answers, factor)
used <- system.time(analysis <- MCA(answers, ncp = 5, graph = FALSE))
cat(sprintf(
  '{"cpu": %.3f, "eigenvalues": [%s]}\n',
  sum(used[c("user.self", "sys.self", "user.child", "sys.child")]), paste(sprintf("%.12f", analysis$eig[1:5, 1]), collapse = ", ")
))
