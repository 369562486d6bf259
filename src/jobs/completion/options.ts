import { type CommandSpec, choiceOption } from "../shared/options/option.js";

export const completionOptions = {
  shell: choiceOption(
    { bash: "", zsh: "", fish: "" },
    { help: "the shell", required: true, positional: true },
  ),
} as const;

export const completionCommand: CommandSpec<typeof completionOptions> = {
  name: "completion",
  summary: "Print what a shell needs to complete commands, options and values.",
  options: completionOptions,
  notes: `
Put the line into the file that your shell reads when it starts:
  bash   ~/.bashrc                    source <(cryogem completion bash)
  zsh    ~/.zshrc, after compinit     source <(cryogem completion zsh)
  fish   ~/.config/fish/config.fish   cryogem completion fish | source`,
};
