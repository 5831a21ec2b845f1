// faultline models: the CPU models that --cpu knows.
#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "cpu/model.hpp"

namespace faultline::app {

Command add_models(CLI::App& app) {
  CLI::App* parser = app.add_subcommand("models", "List the CPU models");
  return {parser, [] {
            for (const Model& model : models()) {
              fmt::print("{:<11} {}{}\n", model.name, model.description,
                         &model == &default_model() ? " (default)" : "");
            }
            return int{success};
          }};
}

}  // namespace faultline::app
