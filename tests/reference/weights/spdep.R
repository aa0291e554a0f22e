# The files of weights that spdep writes: Rscript tests/reference/weights/spdep.R, from the project's folder. spdep 1.2-7.
suppressMessages({library(spdep); library(sf)})
zones <- st_read("tests/reference/columbus.geojson", quiet = TRUE)[1:8, ]
out <- "tests/reference/weights/"
queen <- poly2nb(zones)
write.nb.gal(queen, paste0(out, "spdep.gal"))
write.nb.gal(queen, paste0(out, "spdep_header.gal"), oldstyle = FALSE, shpfile = "columbus", ind = "POLYID")
centers <- st_coordinates(st_centroid(st_geometry(zones)))
nearest <- knn2nb(knearneigh(centers, k = 2))
distances <- listw2sn(nb2listw(nearest, glist = nbdists(nearest, centers), style = "B"))
write.sn2gwt(distances, paste0(out, "spdep.gwt"), shpfile = "columbus", ind = "POLYID", useInd = FALSE)
